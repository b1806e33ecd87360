import { describe, expect, it } from 'vitest';
import {
  changeIncident,
  changeIncidentBy,
  type IncidentEvent,
} from '../../../../src/domain/incidents/change-incident.ts';
import { type Diagnosed, openIncident } from '../../../../src/domain/incidents/transitions/on-diagnosed.ts';
import type { IncidentRecord, Mute, Resolution } from '../../../../src/domain/incidents/types.ts';
import { makeDiagnosis, makeIncident, noScope } from '../../../support/diagnosis.ts';

const now = new Date('2026-11-02T12:00:00Z');
const earlier = new Date('2026-11-02T11:00:00Z');
const later = new Date('2026-11-03T00:00:00Z');
const by = { by: 'lin', at: earlier };
const scope = { commit: 'abc', dataset: 'd1', framework: 'torch 2.4', config: 'c1' };

const otherCause = makeDiagnosis({
  causes: [{ id: 'num-classes-too-small', confidence: 0.7, evidence: [] }],
  fingerprint: 'v1:bbbb',
});
const otherClass = makeDiagnosis({ class: 'loss-nan', causes: [], fingerprint: 'v1:cccc' });

function resolved(overrides: Partial<Resolution> = {}): Partial<IncidentRecord> {
  return {
    state: 'resolved',
    resolution: { at: earlier, by: 'lin', reason: 'by-hand', scopes: [scope], ...overrides },
  };
}
function muted(mute: Partial<Mute>): Partial<IncidentRecord> {
  return { mute: { ...by, kind: 'until', until: later, ...mute } as Mute };
}
const untilWorse = muted({ kind: 'until-worse', severity: 'warning', limits: { perHour: 10, perKilostep: 4 } });

type Given = Partial<Omit<Diagnosed, 'total'>> & { diagnosis?: ReturnType<typeof makeDiagnosis>; occurrences?: number };
function diagnosed({ diagnosis = makeDiagnosis(), occurrences = 1, ...given }: Given = {}): IncidentEvent {
  return {
    kind: 'diagnosed',
    total: { diagnosis, occurrences, firstStep: 0, lastStep: 7 },
    runId: 'r1',
    joins: false,
    added: Math.max(0, occurrences - 1),
    observedAt: now,
    scope: noScope,
    isFixedInMachine: false,
    owner: null,
    volume: null,
    ...given,
  };
}

interface Row {
  name: string;
  before?: Partial<IncidentRecord>;
  event: IncidentEvent;
  /** Timeline: kind and reason of each entry. */
  says: string[];
  tells?: string[];
  withholds?: string[];
  after?: Partial<IncidentRecord>;
}

function check(rows: Row[]): void {
  it.each(rows)('$name', ({ before, event, says, tells = [], withholds = [], after = {} }) => {
    const current = makeIncident(before);
    const copy = structuredClone(current);
    const change = changeIncident(current, event, now);
    expect(change.timeline.map(({ kind, reason }) => `${kind} ${reason}`)).toEqual(says);
    expect(change.events).toEqual(tells);
    expect(change.withheld).toEqual(withholds);
    expect(change.next).toMatchObject(after);
    expect(change.timeline.every((entry) => entry.at === now && entry.actor !== '')).toBe(true);
    expect(current).toEqual(copy);
  });
}

describe('openIncident', () => {
  const total = { diagnosis: makeDiagnosis(), occurrences: 3, firstStep: 0, lastStep: 1 };

  it('opens with the severity of the diagnosis, one entry and one event', () => {
    const { next, timeline, events } = openIncident(
      'inc_9',
      'p',
      { total, runId: 'r1', owner: null },
      'first-seen',
      now,
    );
    expect(next).toMatchObject({ id: 'inc_9', state: 'open', severity: 'critical', occurrences: 3, firstSeenAt: now });
    expect(timeline.map(({ kind, reason, actor }) => [kind, reason, actor])).toEqual([
      ['opened', 'first-seen', 'losswatch'],
    ]);
    expect(events).toEqual(['incident.opened']);
  });

  it('is assigned by the rules of its project', () => {
    const { next, timeline } = openIncident(
      'inc_9',
      'p',
      { total, runId: 'r1', owner: 'data team' },
      'told-apart',
      now,
    );
    expect(next).toMatchObject({ assignee: 'data team', assigneeSetBy: null });
    expect(timeline.map(({ kind }) => kind)).toEqual(['opened', 'assigned']);
  });
});

describe('a diagnosis', () => {
  check([
    {
      name: 'that says the same again is silent',
      event: diagnosed(),
      says: [],
      after: { state: 'open', occurrences: 1 },
    },
    {
      name: 'with more occurrences changes the count and last_seen_at only',
      event: diagnosed({ occurrences: 40 }),
      says: [],
      after: { occurrences: 40, lastStep: 7, lastSeenAt: now },
    },
    {
      name: 'of another run joins: told, the incident stays acknowledged',
      before: { state: 'acknowledged' },
      event: diagnosed({ occurrences: 2, joins: true, runId: 'r2' }),
      says: ['run-joined same-fingerprint'],
      tells: ['incident.updated'],
      after: { state: 'acknowledged', occurrences: 2 },
    },
    {
      name: 'with another likeliest cause refines and is told',
      event: diagnosed({ diagnosis: otherCause }),
      says: ['refined new-evidence'],
      tells: ['incident.updated'],
      after: { fingerprint: 'v1:bbbb' },
    },
    {
      name: 'with another likeliest cause while resolved refines and is not told',
      before: resolved(),
      event: diagnosed({ diagnosis: otherCause }),
      says: ['refined new-evidence'],
      after: { state: 'resolved' },
    },
    {
      name: 'that is worse raises the severity',
      before: { severity: 'warning' },
      event: diagnosed(),
      says: ['severity-raised worse-evidence'],
      tells: ['incident.updated'],
      after: { severity: 'critical' },
    },
    {
      name: 'that is milder lets the severity be',
      event: diagnosed({ diagnosis: makeDiagnosis({ severity: 'info' }) }),
      says: [],
      after: { severity: 'critical' },
    },
    {
      name: 'that says what a person saw when setting the severity lets it be',
      before: { severity: 'info', severitySetBy: 'lin' },
      event: diagnosed(),
      says: [],
      after: { severity: 'info', severitySetBy: 'lin' },
    },
    {
      name: 'worse than what a person saw when setting the severity raises it',
      before: { severity: 'info', severitySetBy: 'lin', diagnosis: makeDiagnosis({ severity: 'warning' }) },
      event: diagnosed(),
      says: ['severity-raised worse-evidence'],
      tells: ['incident.updated'],
      after: { severity: 'critical', severitySetBy: null },
    },
    {
      name: 'that is worse ends the acknowledgement',
      before: { state: 'acknowledged', severity: 'warning' },
      event: diagnosed(),
      says: ['severity-raised worse-evidence', 'acknowledgement-cleared worse-evidence'],
      tells: ['incident.updated'],
      after: { state: 'open' },
    },
    {
      name: 'of another class ends the acknowledgement: something else was acknowledged',
      before: { state: 'acknowledged' },
      event: diagnosed({ diagnosis: otherClass }),
      says: ['refined new-evidence', 'acknowledgement-cleared other-class'],
      tells: ['incident.updated'],
      after: { state: 'open' },
    },
    {
      name: 'is assigned by rule when nobody has assigned by hand',
      before: { assignee: 'data team' },
      event: diagnosed({ owner: 'cluster team' }),
      says: ['assigned ownership-rule'],
      after: { assignee: 'cluster team', assigneeSetBy: null },
    },
    {
      name: 'never takes an incident from whom a person assigned it to',
      before: { assignee: null, assigneeSetBy: 'lin' },
      event: diagnosed({ owner: 'cluster team' }),
      says: [],
      after: { assignee: null },
    },
    {
      name: 'of a stall that joins is told as a stall, too',
      before: { diagnosis: makeDiagnosis({ class: 'run-stalled' }) },
      event: diagnosed({ diagnosis: makeDiagnosis({ class: 'run-stalled' }), joins: true }),
      says: ['run-joined same-fingerprint'],
      tells: ['incident.updated', 'run.stalled'],
    },
  ]);
});

describe('a resolved incident', () => {
  check([
    {
      name: 'stays resolved when nothing is new',
      before: resolved(),
      event: diagnosed(),
      says: [],
      after: { state: 'resolved' },
    },
    {
      name: 'regresses when it happens again',
      before: resolved(),
      event: diagnosed({ occurrences: 2 }),
      says: ['regressed seen-again'],
      tells: ['incident.regressed'],
      after: { state: 'open', regressed: true, resolution: null },
    },
    {
      name: 'regresses when another run joins, told once',
      before: resolved(),
      event: diagnosed({ occurrences: 2, joins: true, runId: 'r2' }),
      says: ['run-joined same-fingerprint', 'regressed seen-again'],
      tells: ['incident.regressed'],
      after: { state: 'open', regressed: true },
    },
    {
      name: 'does not regress by what had arrived before the resolution',
      before: resolved(),
      event: diagnosed({ occurrences: 2, observedAt: new Date(earlier.getTime() - 1) }),
      says: [],
      after: { state: 'resolved', occurrences: 2 },
    },
    {
      name: 'does not regress by a run of the same commit, dataset, framework and config, but is told of it',
      before: resolved(),
      event: diagnosed({ occurrences: 2, joins: true, scope }),
      says: ['run-joined same-fingerprint', 'occurred unchanged-code'],
      tells: ['incident.updated'],
      after: { state: 'resolved', occurrences: 2 },
    },
    {
      name: 'regresses in another commit',
      before: resolved(),
      event: diagnosed({ occurrences: 2, joins: true, scope: { ...scope, commit: 'def' } }),
      says: ['run-joined same-fingerprint', 'regressed seen-again'],
      tells: ['incident.regressed'],
      after: { state: 'open' },
    },
    {
      name: 'that recovered by itself regresses whatever the commit',
      before: resolved({ by: 'losswatch' }),
      event: diagnosed({ occurrences: 2, scope }),
      says: ['regressed seen-again'],
      tells: ['incident.regressed'],
      after: { state: 'open' },
    },
  ]);
});

describe('a muted incident', () => {
  check([
    {
      name: 'changes, tells nobody, and says what it withheld',
      before: { ...resolved(), ...muted({}) },
      event: diagnosed({ occurrences: 2 }),
      says: ['regressed seen-again'],
      withholds: ['incident.regressed'],
      after: { state: 'open', regressed: true },
    },
    {
      name: 'is told of again once its time has passed',
      before: muted({ kind: 'until', until: earlier }),
      event: diagnosed({ joins: true }),
      says: ['run-joined same-fingerprint', 'unmuted time-passed'],
      tells: ['incident.updated'],
      after: { mute: null },
    },
    {
      name: 'until a new run shows it stays muted by the runs it has',
      before: muted({ kind: 'until-new-run' }),
      event: diagnosed({ occurrences: 50 }),
      says: [],
      after: { occurrences: 50 },
    },
    {
      name: 'until a new run shows it is unmuted by the one that joins',
      before: muted({ kind: 'until-new-run' }),
      event: diagnosed({ joins: true }),
      says: ['run-joined same-fingerprint', 'unmuted new-run'],
      tells: ['incident.updated'],
      after: { mute: null },
    },
    {
      name: 'until it worsens stays muted at its limits',
      before: untilWorse,
      event: diagnosed({ volume: { hour: 10, kilostep: 4 } }),
      says: [],
    },
    {
      name: 'until it worsens is unmuted by one occurrence more in the hour',
      before: untilWorse,
      event: diagnosed({ volume: { hour: 11, kilostep: 1 } }),
      says: ['unmuted more-per-hour'],
      tells: ['incident.updated'],
      after: { mute: null },
    },
    {
      name: 'until it worsens is unmuted by one occurrence more in a thousand steps',
      before: untilWorse,
      event: diagnosed({ volume: { hour: 5, kilostep: 5 } }),
      says: ['unmuted more-per-step'],
      tells: ['incident.updated'],
    },
    {
      name: 'until it worsens is unmuted by a higher severity',
      before: { ...untilWorse, severity: 'warning' },
      event: diagnosed(),
      says: ['severity-raised worse-evidence', 'unmuted worse-evidence'],
      tells: ['incident.updated'],
    },
    {
      name: 'until it worsens is unmuted when it comes back after a person resolved it',
      before: { ...untilWorse, ...resolved() },
      event: diagnosed({ occurrences: 2 }),
      says: ['regressed seen-again', 'unmuted came-back'],
      tells: ['incident.regressed'],
    },
    {
      name: 'until it worsens stays muted while it flaps',
      before: { ...untilWorse, ...resolved({ by: 'losswatch' }) },
      event: diagnosed({ occurrences: 2 }),
      says: ['regressed seen-again'],
      withholds: ['incident.regressed'],
    },
    {
      name: 'is told of when its time has passed and nothing else happens',
      before: muted({ kind: 'until', until: now }),
      event: { kind: 'mute-due' },
      says: ['unmuted time-passed'],
      tells: ['incident.updated'],
      after: { mute: null },
    },
    { name: 'is left alone before its time', before: muted({}), event: { kind: 'mute-due' }, says: [] },
    {
      name: 'and resolved is unmuted in silence when its time has passed',
      before: { ...resolved(), ...muted({ kind: 'until', until: earlier }) },
      event: { kind: 'mute-due' },
      says: ['unmuted time-passed'],
    },
  ]);
});

describe('a person', () => {
  const edited = (edit: Extract<IncidentEvent, { kind: 'edited' }>['edit']): IncidentEvent => ({
    kind: 'edited',
    edit,
    actor: 'wang',
    scopes: [scope],
  });
  check([
    {
      name: 'acknowledges',
      event: edited({ state: 'acknowledged' }),
      says: ['acknowledged by-hand'],
      tells: ['incident.acknowledged'],
      after: { state: 'acknowledged' },
    },
    {
      name: 'resolves: who, when and in which code is kept',
      before: { regressed: true },
      event: edited({ state: 'resolved' }),
      says: ['resolved by-hand'],
      tells: ['incident.resolved'],
      after: {
        state: 'resolved',
        regressed: false,
        resolution: { at: now, by: 'wang', reason: 'by-hand', scopes: [scope] },
      },
    },
    {
      name: 'reopens',
      before: resolved(),
      event: edited({ state: 'open' }),
      says: ['reopened by-hand'],
      tells: ['incident.updated'],
      after: { state: 'open', resolution: null },
    },
    {
      name: 'who says what is so already changes nothing',
      before: { state: 'acknowledged' },
      event: edited({ state: 'acknowledged' }),
      says: [],
    },
    {
      name: 'assigns, which only the timeline tells',
      event: edited({ assignee: 'lin' }),
      says: ['assigned by-hand'],
      after: { assignee: 'lin', assigneeSetBy: 'wang' },
    },
    {
      name: 'sets a severity, also a lower one',
      event: edited({ severity: 'info' }),
      says: ['severity-set by-hand'],
      tells: ['incident.updated'],
      after: { severity: 'info', severitySetBy: 'wang' },
    },
    {
      name: 'mutes, which silences the change it comes with',
      event: edited({ mute: { kind: 'until', until: later }, state: 'acknowledged' }),
      says: ['muted by-hand', 'acknowledged by-hand'],
      withholds: ['incident.acknowledged'],
      after: { mute: { kind: 'until', until: later, by: 'wang', at: now } },
    },
    {
      name: 'mutes until it worsens: the severity and the limits of the moment are kept',
      before: { severity: 'warning' },
      event: edited({ mute: { kind: 'until-worse', limits: { perHour: 20, perKilostep: null } } }),
      says: ['muted by-hand'],
      after: {
        mute: {
          kind: 'until-worse',
          severity: 'warning',
          limits: { perHour: 20, perKilostep: null },
          by: 'wang',
          at: now,
        },
      },
    },
    {
      name: 'unmutes',
      before: muted({}),
      event: edited({ mute: null }),
      says: ['unmuted by-hand'],
      after: { mute: null },
    },
    {
      name: 'who resolves ends the mute, so that a regression is heard',
      before: muted({ kind: 'until-new-run' }),
      event: edited({ state: 'resolved' }),
      says: ['resolved by-hand'],
      tells: ['incident.resolved'],
      after: { mute: null },
    },
    { name: 'who gives nothing changes nothing', event: edited({}), says: [] },
    { name: 'comments', event: { kind: 'commented', text: 'hm', actor: 'wang' }, says: ['commented by-hand'] },
    {
      name: 'says what helped',
      event: { kind: 'feedback', remediation: 'restore-clip', worked: true, actor: 'wang' },
      says: ['feedback by-hand'],
    },
  ]);

  it('is the actor of every entry, with what they said', () => {
    const { timeline } = changeIncident(
      makeIncident(),
      edited({ state: 'resolved', severity: 'info', note: 'fixed the loader' }),
      now,
    );
    expect(timeline.map(({ actor, data }) => [actor, data.note])).toEqual([
      ['wang', 'fixed the loader'],
      ['wang', 'fixed the loader'],
    ]);
  });
});

describe('a recovery', () => {
  const recovered: IncidentEvent = {
    kind: 'recovered',
    recovery: { reason: 'recovered', runs: ['r1'], steps: 500 },
    scopes: [scope],
  };
  check([
    {
      name: 'resolves, by Losswatch itself',
      event: recovered,
      says: ['resolved recovered'],
      tells: ['incident.resolved'],
      after: { state: 'resolved', resolution: { at: now, by: 'losswatch', reason: 'recovered', scopes: [scope] } },
    },
    {
      name: 'clears the acknowledgement with it',
      before: { state: 'acknowledged' },
      event: recovered,
      says: ['acknowledgement-cleared recovered', 'resolved recovered'],
      tells: ['incident.resolved'],
      after: { state: 'resolved' },
    },
    { name: 'of what is resolved changes nothing', before: resolved(), event: recovered, says: [] },
  ]);
});

describe('a merge', () => {
  const total = { diagnosis: makeDiagnosis(), occurrences: 9, firstStep: 1, lastStep: 20 };
  const other = makeIncident({ id: 'inc_2', severity: 'critical', firstSeenAt: new Date('2026-10-01T00:00:00Z') });
  const author = { actor: 'wang', reason: 'by-hand' as const };
  check([
    {
      name: 'takes over beginning, severity and count',
      before: { severity: 'warning' },
      event: { kind: 'merged', others: [other], total, ...author },
      says: ['merged by-hand', 'severity-raised by-hand'],
      tells: ['incident.updated'],
      after: { severity: 'critical', occurrences: 9, firstSeenAt: new Date('2026-10-01T00:00:00Z') },
    },
    {
      name: 'takes over an assignee where there is none',
      event: { kind: 'merged', others: [{ ...other, assignee: 'lin', assigneeSetBy: 'lin' }], total, ...author },
      says: ['merged by-hand', 'assigned by-hand'],
      tells: ['incident.updated'],
      after: { assignee: 'lin', assigneeSetBy: 'lin' },
    },
    {
      name: 'of an open incident into a resolved one opens it',
      before: resolved(),
      event: { kind: 'merged', others: [other], total, ...author },
      says: ['merged by-hand', 'reopened by-hand'],
      tells: ['incident.updated'],
      after: { state: 'open', resolution: null },
    },
    {
      name: 'into an acknowledged incident leaves it acknowledged',
      before: { state: 'acknowledged' },
      event: { kind: 'merged', others: [other], total, ...author },
      says: ['merged by-hand'],
      tells: ['incident.updated'],
      after: { state: 'acknowledged' },
    },
    {
      name: 'ends the other incident, and closes it for receivers',
      event: { kind: 'merged-away', into: 'inc_2', ...author },
      says: ['merged-away by-hand'],
      tells: ['incident.resolved'],
      after: { state: 'resolved' },
    },
    {
      name: 'ends a resolved incident in silence',
      before: resolved(),
      event: { kind: 'merged-away', into: 'inc_2', ...author },
      says: ['merged-away by-hand'],
    },
    {
      name: 'undone: what is taken out stands in the state that the whole has',
      before: resolved(),
      event: { kind: 'split-off', from: makeIncident({ id: 'inc_2', state: 'acknowledged' }), total, actor: 'wang' },
      says: ['split-off by-hand'],
      tells: ['incident.updated'],
      after: { state: 'acknowledged', resolution: null, occurrences: 9 },
    },
    {
      name: 'undone: the rest is counted again, and keeps its severity',
      event: {
        kind: 'unmerged',
        taken: 'inc_2',
        total: { ...total, diagnosis: makeDiagnosis({ severity: 'info' }) },
        actor: 'wang',
      },
      says: ['unmerged by-hand'],
      tells: ['incident.updated'],
      after: { occurrences: 9, severity: 'critical' },
    },
    {
      name: 'undone: nothing is left',
      event: { kind: 'unmerged', taken: 'inc_2', total: null, actor: 'wang' },
      says: ['unmerged by-hand'],
      tells: ['incident.updated'],
      after: { occurrences: 0 },
    },
    {
      name: 'a run that leaves is counted out',
      event: { kind: 'run-left', total, runId: 'r2' },
      says: ['run-left told-apart'],
      after: { occurrences: 9 },
    },
  ]);

  it('that evidence makes is told of as one change, and not beside a regression', () => {
    const events: IncidentEvent[] = [
      {
        kind: 'merged',
        others: [{ ...other, state: 'resolved' }],
        total: null,
        actor: 'losswatch',
        reason: 'same-fingerprint',
      },
      diagnosed({ occurrences: 3, joins: true }),
    ];
    const open = changeIncidentBy(makeIncident(), events, now);
    expect(open.events).toEqual(['incident.updated']);
    expect(open.timeline.map(({ kind }) => kind)).toEqual(['merged', 'run-joined']);
    expect(changeIncidentBy(makeIncident(resolved()), events, now).events).toEqual(['incident.regressed']);
  });
});
