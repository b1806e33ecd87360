// Where an incident would go if it happened now: what each route says of it, and each endpoint that it leads to. Silences, maintenance windows
// and what was told before are left out, since they pass.
import type { WebhookEvent } from '../../contracts/webhooks.ts';
import { type Labels, labelsOf } from './matchers.ts';
import { defaultRoute, judgeRoutes, type RouteVerdict } from './route.ts';
import { judgeListener, type Listener } from './subscribe.ts';
import type { AlertedIncident, DecisionData, RouteRules } from './types.ts';

/** A reason is a stage and a code with its data; explain.ts has the sentence. */
export interface PreviewReason {
  stage: 'route' | 'send';
  code: string;
  data: DecisionData;
}

export interface RoutePreview {
  routes: { id: string; name: string; taken: boolean; reason: PreviewReason }[];
  /** Once for each way to an endpoint. `routeId` is `default` where no route names the endpoint. */
  endpoints: { id: string; routeId: string; told: boolean; reason: PreviewReason }[];
}

export interface PreviewRules {
  routes: readonly RouteRules[];
  /** The built-in route with its endpoints. */
  byDefault: RouteRules;
  /** What an endpoint hears. */
  listenerOf: (id: string) => Listener;
}

export function previewRoutes(
  { routes, byDefault, listenerOf }: PreviewRules,
  incident: AlertedIncident,
  event: WebhookEvent,
): RoutePreview {
  const labels = labelsOf(incident, event);
  const judged = judgeRoutes(routes, labels).map(({ route, verdict }) => ({
    route,
    taken: verdict.kind === 'taken',
    reason: reasonOf(verdict, route, labels),
  }));
  const ways = [...judged.filter(({ taken }) => taken).map(({ route }) => route), byDefault];
  return {
    routes: judged.map(({ route: { id, name }, taken, reason }) => ({ id, name, taken, reason })),
    endpoints: ways.flatMap((route) =>
      route.endpoints.map((id) => {
        const verdict = judgeListener(listenerOf(id), { event, also: [] }, incident);
        const told = 'event' in verdict;
        const way = route.id === defaultRoute.id ? 'would-be-told-by-default' : 'would-be-told';
        const code = told ? way : verdict.skip;
        return { id, routeId: route.id, told, reason: { stage: 'send' as const, code, data: {} } };
      }),
    ),
  };
}

function reasonOf(verdict: RouteVerdict, route: RouteRules, labels: Labels): PreviewReason {
  if (verdict.kind === 'taken') return { stage: 'route', code: 'matched', data: { name: route.name } };
  if (verdict.kind === 'not-tried') return { stage: 'route', code: 'not-tried', data: { name: verdict.by } };
  const { label, op, value } = verdict.matcher;
  const has = labels(label).filter((text) => text !== '');
  return { stage: 'route', code: 'mismatch', data: { label, op, value, has: has.length > 0 ? has.join(', ') : null } };
}
