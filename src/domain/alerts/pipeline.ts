// The stages that one incident goes through on one route each time its group is looked at: inhibit -> silence -> dedup -> send. What is not
// told now stays with the member, and the member says when to look again.
import type { AlertStage } from '../../contracts/alerts.ts';
import type { WebhookEvent } from '../../contracts/webhooks.ts';
import { dedup } from './dedup.ts';
import { inhibit } from './inhibit.ts';
import { silence } from './silence.ts';
import type { Decision, Member, Ruling, Tell, Weighing } from './types.ts';

/** When to look again at what is held without an end that is known. */
const recheckMs = 60_000;

export interface Judgement {
  tells: Tell[];
  next: Member;
  /** New ones: what was decided before and still holds is not repeated. */
  decisions: Decision[];
  /** When to look again; null when nothing is to come. */
  due: Date | null;
}

export function judgeMember(weighing: Weighing): Judgement {
  return weighing.member.pending.length > 0 ? judgePending(weighing) : judgeReminders(weighing);
}

/**
 * Each event by itself, as the default route tells them: only silences, mutes, maintenance windows and flapping hold one. From then on the
 * member is judged as on any route, since what was held is told as it is at the end.
 */
export function judgeEach(weighing: Weighing): Judgement {
  const { member, incident, now } = weighing;
  const [first] = member.pending;
  if (first === undefined || member.heldBy !== null) return judgeMember(weighing);
  const held = firstHold(weighing, first.event);
  if (held !== null) return held;
  const tells = member.pending.map(({ event, at }) => ({ event, at, also: [], endpoints: weighing.route.endpoints }));
  return { tells, next: told(member, incident, now), decisions: [], due: null };
}

function firstHold(weighing: Weighing, event: WebhookEvent): Judgement | null {
  const silenced = silence(weighing, event);
  if (silenced.kind === 'hold') return hold(weighing, 'silence', event, silenced);
  const seen = dedup(weighing);
  return seen.kind === 'hold' ? hold(weighing, 'dedup', event, seen) : null;
}

function judgePending(weighing: Weighing): Judgement {
  const { member, incident, route, now } = weighing;
  const last = member.pending.at(-1);
  const latest = last?.event ?? 'incident.updated';
  const inhibited = inhibit(weighing);
  if (inhibited.kind === 'hold') return hold(weighing, 'inhibit', latest, inhibited);
  const silenced = silence(weighing, latest);
  if (silenced.kind === 'hold') return hold(weighing, 'silence', latest, silenced);
  const ruling = dedup(weighing);
  if (ruling.kind === 'hold') return hold(weighing, 'dedup', latest, ruling);
  if (ruling.kind === 'drop') {
    const decision: Decision = {
      stage: 'dedup',
      decision: 'drop',
      code: ruling.code,
      data: ruling.data,
      event: latest,
    };
    const next = { ...member, pending: [], heldBy: null };
    return { tells: [], next, decisions: [decision], due: dueOf(next, weighing) };
  }
  if (ruling.kind === 'pass') throw new Error('the last stage decides');
  const isDigest = route.digest !== null && incident.severity !== 'critical';
  const tell: Tell = {
    event: ruling.event,
    at: last?.at ?? now,
    also: member.pending.map(({ event }) => event).filter((event) => event === 'run.stalled'),
    endpoints: audience(weighing),
    ...(isDigest ? { reason: { kind: 'digest' as const } } : {}),
  };
  const next = told(member, incident, now);
  return { tells: [tell], next, decisions: [], due: dueOf(next, weighing) };
}

/** Nothing happened: an open incident may be told again, or to others. */
function judgeReminders(weighing: Weighing): Judgement {
  const { member, route, now } = weighing;
  const { repeatAt, escalateAt } = reminders(member, weighing);
  const isRepeat = repeatAt !== null && repeatAt <= now;
  const isEscalation = escalateAt !== null && escalateAt <= now;
  if (!isRepeat && !isEscalation) return { tells: [], next: member, decisions: [], due: dueOf(member, weighing) };
  const inhibited = inhibit(weighing);
  const ruling = inhibited.kind === 'hold' ? inhibited : silence(weighing, 'incident.updated');
  if (ruling.kind === 'hold')
    return hold(weighing, inhibited.kind === 'hold' ? 'inhibit' : 'silence', 'incident.updated', ruling);
  const tells: Tell[] = [];
  const next: Member = { ...member, heldBy: null };
  if (isEscalation && route.escalate) {
    const reason = { kind: 'escalation' as const, after_s: Math.round(route.escalate.afterMs / 1000) };
    tells.push({ event: 'incident.opened', at: now, also: [], reason, endpoints: route.escalate.endpoints });
    next.escalatedAt = now;
  }
  if (isRepeat && member.toldAt) {
    const reason = { kind: 'repeat' as const, after_s: Math.round((now.getTime() - member.toldAt.getTime()) / 1000) };
    tells.push({ event: 'incident.updated', at: now, also: [], reason, endpoints: audience(weighing) });
    next.toldAt = now;
  }
  return { tells, next, decisions: [], due: dueOf(next, weighing) };
}

function hold(
  weighing: Weighing,
  stage: AlertStage,
  event: WebhookEvent,
  ruling: Extract<Ruling, { kind: 'hold' }>,
): Judgement {
  const { member, now } = weighing;
  const heldBy = `${stage}/${ruling.code}`;
  const decision: Decision = { stage, decision: 'hold', code: ruling.code, data: ruling.data, event };
  return {
    tells: [],
    next: { ...member, heldBy },
    decisions: member.heldBy === heldBy ? [] : [decision],
    due: ruling.until ?? new Date(now.getTime() + recheckMs),
  };
}

function told(member: Member, incident: Weighing['incident'], now: Date): Member {
  const isOpen = incident.state === 'open';
  const stays = isOpen && member.toldState === 'open';
  return {
    pending: [],
    toldState: incident.state,
    toldSeverity: incident.severity,
    toldAt: now,
    openToldAt: isOpen ? (stays ? member.openToldAt : now) : null,
    escalatedAt: stays ? member.escalatedAt : null,
    heldBy: null,
  };
}

/** Those who were told by escalation go on hearing until it is over. */
function audience({ route, member }: Weighing): string[] {
  const escalated = member.escalatedAt === null ? [] : (route.escalate?.endpoints ?? []);
  return [...new Set([...route.endpoints, ...escalated])];
}

function reminders(member: Member, { route, incident }: Weighing): { repeatAt: Date | null; escalateAt: Date | null } {
  if (member.toldState !== 'open' || incident.state !== 'open') return { repeatAt: null, escalateAt: null };
  const later = (at: Date | null, ms: number | null | undefined) =>
    at === null || ms === null || ms === undefined ? null : new Date(at.getTime() + ms);
  return {
    repeatAt: later(member.toldAt, route.repeatIntervalMs),
    escalateAt: member.escalatedAt === null ? later(member.openToldAt, route.escalate?.afterMs) : null,
  };
}

function dueOf(member: Member, weighing: Weighing): Date | null {
  const { repeatAt, escalateAt } = reminders(member, weighing);
  const times = [repeatAt, escalateAt].filter((at) => at !== null).map((at) => at.getTime());
  return times.length === 0 ? null : new Date(Math.min(...times));
}
