// Moving a route one place up or down.
import type { RoutePlace } from '../api/alert-rule-queries.ts';

/** The positions to change so that the route `id` changes places with its neighbour; none at either end. Positions may have been equal. */
export function moveRoute(routes: readonly RoutePlace[], id: string, direction: 'up' | 'down'): readonly RoutePlace[] {
  const from = routes.findIndex((route) => route.id === id);
  const moved = routes[from];
  const neighbour = routes[direction === 'up' ? from - 1 : from + 1];
  if (moved === undefined || neighbour === undefined) return [];
  const order = routes.map((route) => (route === moved ? neighbour : route === neighbour ? moved : route));
  const given = routes.map(({ position }) => position);
  const places = new Set(given).size === given.length ? given : given.map((_, index) => index);
  return order.flatMap((route, index) => {
    const position = places[index] ?? index;
    return route.position === position ? [] : [{ id: route.id, position }];
  });
}
