// Last stage: whether an endpoint is told of an event. It must listen to it, or to one that happened with it, and its filter must let it pass.
import type { Severity } from '../../contracts/common.ts';
import { severities } from '../../contracts/common.ts';
import type { WebhookEvent, WebhookFilter } from '../../contracts/webhooks.ts';
import type { AlertedIncident, Tell } from './types.ts';

export interface Listener {
  isEnabled: boolean;
  events: readonly string[];
  filter: WebhookFilter;
}

export type ListenerVerdict = { event: WebhookEvent } | { skip: 'endpoint-off' | 'filtered' | 'not-subscribed' };

export function judgeListener(
  { isEnabled, events, filter }: Listener,
  tell: Pick<Tell, 'event' | 'also'>,
  incident: Pick<AlertedIncident, 'project' | 'class' | 'severity'>,
): ListenerVerdict {
  if (!isEnabled) return { skip: 'endpoint-off' };
  if (!passes(filter, incident)) return { skip: 'filtered' };
  const event = [tell.event, ...tell.also].find((candidate) => events.includes(candidate));
  return event === undefined ? { skip: 'not-subscribed' } : { event };
}

const rank = (severity: Severity) => severities.indexOf(severity);

function passes(
  filter: WebhookFilter,
  { project, class: failureClass, severity }: Parameters<typeof judgeListener>[2],
): boolean {
  if (filter.project !== undefined && filter.project !== project) return false;
  if (filter.classes !== undefined && !filter.classes.includes(failureClass)) return false;
  return filter.min_severity === undefined || rank(severity) >= rank(filter.min_severity);
}
