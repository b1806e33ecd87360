// Incidents that turn out to be one, and such as turn out not to be.
import type { ChangeReason, IncidentState } from '../../../contracts/incidents.ts';
import type { PartsTotal } from '../count-occurrences.ts';
import { worst } from '../severity.ts';
import { type IncidentChange, type IncidentRecord, systemActor } from '../types.ts';
import { type Draft, startDraft } from './draft.ts';

/** Why: a person says so, or the evidence of one run does. */
interface MergeAuthor {
  actor: string;
  reason: Extract<ChangeReason, 'by-hand' | 'same-fingerprint'>;
}

const byLiveliness: IncidentState[] = ['resolved', 'acknowledged', 'open'];

/**
 * What others were goes over: the earliest beginning, the worst severity, an assignee where this one has none. A resolved incident is as
 * alive as the liveliest of those it takes in; an acknowledged one stays acknowledged, since somebody is at the failure.
 */
export function onMerged(
  current: IncidentRecord,
  { others, total, ...author }: { others: IncidentRecord[]; total: PartsTotal | null } & MergeAuthor,
  now: Date,
): IncidentChange {
  const draft = startDraft(current, author.actor, now);
  const all = [current, ...others];
  takeTotal(draft, total);
  Object.assign(draft.next, {
    firstSeenAt: new Date(Math.min(...all.map(({ firstSeenAt }) => firstSeenAt.getTime()))),
    lastSeenAt: new Date(Math.max(...all.map(({ lastSeenAt }) => lastSeenAt.getTime()))),
    severity: worst(all.map(({ severity }) => severity)),
    regressed: all.some(({ regressed }) => regressed),
  });
  for (const { id } of others) draft.note('merged', author.reason, { from: id });
  const assigned = all.find(({ assignee }) => assignee !== null);
  if (assigned && current.assignee === null) {
    Object.assign(draft.next, { assignee: assigned.assignee, assigneeSetBy: assigned.assigneeSetBy });
    draft.note('assigned', author.reason, { from: null, to: assigned.assignee });
  }
  if (draft.next.severity !== current.severity)
    draft.note('severity-raised', author.reason, { from: current.severity, to: draft.next.severity });
  reopen(draft, others, author);
  // Evidence that makes incidents one is told of by what it says itself.
  if (draft.next.state !== 'resolved' && author.reason === 'by-hand') draft.tell('incident.updated');
  return draft.finish();
}

function reopen(draft: Draft, others: IncidentRecord[], { reason }: MergeAuthor): void {
  if (draft.next.state !== 'resolved') return;
  const liveliness = Math.max(...others.map(({ state }) => byLiveliness.indexOf(state)));
  if (liveliness <= 0) return;
  Object.assign(draft.next, { state: byLiveliness[liveliness], resolution: null });
  draft.note('reopened', reason, { from: 'resolved' });
}

/** The incident ends in another one; receivers that hold it open are told. */
export function onMergedAway(
  current: IncidentRecord,
  { into, actor, reason }: { into: string } & MergeAuthor,
  now: Date,
): IncidentChange {
  const draft = startDraft(current, actor, now);
  if (current.state !== 'resolved') draft.tell('incident.resolved');
  Object.assign(draft.next, { state: 'resolved', mute: null });
  draft.next.resolution ??= { at: now, by: actor, reason, scopes: [] };
  draft.note('merged-away', reason, { into });
  return draft.finish();
}

/** The incident is its own again, in the state that it had as part of `from`. */
export function onSplitOff(
  current: IncidentRecord,
  { from, total, actor }: { from: IncidentRecord; total: PartsTotal; actor: string },
  now: Date,
): IncidentChange {
  const draft = startDraft(current, actor, now);
  takeTotal(draft, total);
  Object.assign(draft.next, { state: from.state, resolution: from.resolution });
  draft.note('split-off', 'by-hand', { from: from.id });
  if (from.state !== 'resolved') draft.tell('incident.updated');
  return draft.finish();
}

/** Another incident was taken out of this one again. `total` is null when nothing is left. */
export function onUnmerged(
  current: IncidentRecord,
  { taken, total, actor }: { taken: string; total: PartsTotal | null; actor: string },
  now: Date,
): IncidentChange {
  const draft = startDraft(current, actor, now);
  takeTotal(draft, total);
  draft.note('unmerged', 'by-hand', { from: taken });
  if (current.state !== 'resolved') draft.tell('incident.updated');
  return draft.finish();
}

/** A run's evidence now tells another cause, and it leaves what it shared with others. */
export function onRunLeft(
  current: IncidentRecord,
  { total, runId }: { total: PartsTotal; runId: string },
  now: Date,
): IncidentChange {
  const draft = startDraft(current, systemActor, now);
  takeTotal(draft, total);
  draft.note('run-left', 'told-apart', { run: runId });
  return draft.finish();
}

/** The severity stays: it never falls by itself. */
function takeTotal({ next }: Draft, total: PartsTotal | null): void {
  if (total === null) {
    next.occurrences = 0;
    return;
  }
  const { diagnosis, occurrences, firstStep, lastStep } = total;
  Object.assign(next, { diagnosis, fingerprint: diagnosis.fingerprint, occurrences, firstStep, lastStep });
}
