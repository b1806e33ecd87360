// Fourth stage: silences, mutes and maintenance windows hold everything; quiet hours and digests hold what is not critical.
import type { WebhookEvent } from '../../contracts/webhooks.ts';
import { labelsOf, matchesAll } from './matchers.ts';
import type { Ruling, Weighing } from './types.ts';
import { digestDue, quietUntil, silenceStatus, windowOpenUntil } from './windows.ts';

export function silence(weighing: Weighing, event: WebhookEvent): Ruling {
  const { incident, silences, windows, now } = weighing;
  if (incident.isMuted) return { kind: 'hold', code: 'muted', data: {}, until: null };
  const labels = labelsOf(incident, event);
  for (const rule of silences) {
    if (silenceStatus(rule, now) !== 'active' || !matchesAll(rule.matchers, labels)) continue;
    const { id, author, reason, endsAt } = rule;
    const data = { silence: id, author, reason, until: endsAt.toISOString() };
    return { kind: 'hold', code: 'silenced', data, until: endsAt };
  }
  for (const rule of windows) {
    const until = windowOpenUntil(rule, now);
    if (until === null || !matchesAll(rule.matchers, labels)) continue;
    const data = { window: rule.id, name: rule.name, until: until.toISOString() };
    return { kind: 'hold', code: 'maintenance', data, until };
  }
  return incident.severity === 'critical' ? { kind: 'pass' } : putOff(weighing);
}

function putOff({ route, member, now }: Weighing): Ruling {
  const quiet = route.quietHours === null ? null : quietUntil(route.quietHours, now);
  if (quiet !== null) return { kind: 'hold', code: 'quiet-hours', data: { until: quiet.toISOString() }, until: quiet };
  const [first] = member.pending;
  if (route.digest === null || first === undefined) return { kind: 'pass' };
  const due = digestDue(route.digest, first.at);
  if (due <= now) return { kind: 'pass' };
  return { kind: 'hold', code: 'digest', data: { until: due.toISOString() }, until: due };
}
