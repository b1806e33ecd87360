// Second stage: which group of its route an event belongs to, and when the group is to be told. Times as in Alertmanager: group_wait before
// the first message of a group, group_interval between later ones. The first critical alert of a group waits for neither.
import type { Severity } from '../../contracts/common.ts';
import type { WebhookEvent } from '../../contracts/webhooks.ts';
import type { Labels } from './matchers.ts';
import type { RouteRules } from './types.ts';

export interface GroupKey {
  key: string;
  labels: Record<string, string>;
}

/** Of a label with several values the first counts, so that a run that joins does not move an incident to another group. */
export function groupOf(route: Pick<RouteRules, 'groupBy'>, labels: Labels): GroupKey {
  const pairs = [...route.groupBy].sort().map((label) => [label, labels(label)[0] ?? ''] as const);
  return { key: JSON.stringify(pairs), labels: Object.fromEntries(pairs) };
}

export interface GroupState {
  /** When the group was told of last; null for a new one. */
  notifiedAt: Date | null;
  /** Some incident of the group is open, as far as was told. */
  hasOpen: boolean;
  /** A critical one is. */
  hasOpenCritical: boolean;
}

/** When a group is to be told of an event that happens now. */
export function dueAfterEvent(
  route: Pick<RouteRules, 'groupWaitMs' | 'groupIntervalMs'>,
  group: GroupState,
  { event, severity, now }: { event: WebhookEvent; severity: Severity; now: Date },
): { due: Date; code: 'urgent' | 'wait' | 'interval' } {
  const opens = event === 'incident.opened' || event === 'incident.regressed' || event === 'incident.updated';
  if (severity === 'critical' && opens && !group.hasOpenCritical) return { due: now, code: 'urgent' };
  if (group.notifiedAt === null || !group.hasOpen)
    return { due: new Date(now.getTime() + route.groupWaitMs), code: 'wait' };
  const next = group.notifiedAt.getTime() + route.groupIntervalMs;
  return { due: new Date(Math.max(now.getTime(), next)), code: 'interval' };
}
