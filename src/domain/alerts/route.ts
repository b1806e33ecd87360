// First stage: which routes an event takes. Routes are tried in their order; one that matches ends the search unless it says `continue`.
// Endpoints that no route names are served by the built-in default route, which takes everything and tells each event by itself at once.
import type { Matcher } from '../../contracts/alerts.ts';
import { findMismatch, type Labels } from './matchers.ts';
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

export type RouteVerdict =
  | { kind: 'taken' }
  /** `matcher`: the first that does not hold. */
  | { kind: 'mismatch'; matcher: Matcher }
  /** `by`: the name of the route that ended the search. */
  | { kind: 'not-tried'; by: string };

/** What each route says of an event; `routes` in their order. The default route is not among them. */
export function judgeRoutes<R extends RouteRules>(
  routes: readonly R[],
  labels: Labels,
): { route: R; verdict: RouteVerdict }[] {
  let taker: R | null = null;
  return routes.map((route) => {
    if (taker !== null) return { route, verdict: { kind: 'not-tried', by: taker.name } };
    const matcher = findMismatch(route.matchers, labels);
    if (matcher !== null) return { route, verdict: { kind: 'mismatch', matcher } };
    if (!route.continues) taker = route;
    return { route, verdict: { kind: 'taken' } };
  });
}

/** The routes that an event takes; `routes` in their order. */
export function chooseRoutes(routes: readonly RouteRules[], labels: Labels): RouteRules[] {
  return judgeRoutes(routes, labels)
    .filter(({ verdict }) => verdict.kind === 'taken')
    .map(({ route }) => route);
}

/** Ids of the endpoints that some route names. */
export function routedEndpoints(routes: readonly RouteRules[]): Set<string> {
  return new Set(routes.flatMap(({ endpoints, escalate }) => [...endpoints, ...(escalate?.endpoints ?? [])]));
}
