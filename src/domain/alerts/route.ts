// First stage: which routes an event takes. Routes are tried in their order; one that matches ends the search unless it says `continue`.
// Endpoints that no route names are served by the built-in default route, which takes everything and tells each event by itself at once.
import { type Labels, matchesAll } from './matchers.ts';
import type { RouteRules } from './types.ts';

export const defaultRoute: RouteRules = {
  id: 'default',
  name: 'default',
  matchers: [],
  endpoints: [],
  groupBy: ['incident'],
  groupWaitMs: 0,
  groupIntervalMs: 0,
  repeatIntervalMs: null,
  continues: false,
  digest: null,
  quietHours: null,
  escalate: null,
};

/** `routes` in their order. The default route is not among the answers. */
export function chooseRoutes(routes: readonly RouteRules[], labels: Labels): RouteRules[] {
  const chosen: RouteRules[] = [];
  for (const route of routes) {
    if (!matchesAll(route.matchers, labels)) continue;
    chosen.push(route);
    if (!route.continues) break;
  }
  return chosen;
}

/** Ids of the endpoints that some route names. */
export function routedEndpoints(routes: readonly RouteRules[]): Set<string> {
  return new Set(routes.flatMap(({ endpoints, escalate }) => [...endpoints, ...(escalate?.endpoints ?? [])]));
}
