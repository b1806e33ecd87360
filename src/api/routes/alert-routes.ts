// Routes of alerts: who is told of what, when, and how often.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import {
  AlertListQuery,
  AlertRoute,
  AlertRouteCreate,
  AlertRoutePage,
  AlertRoutePatch,
} from '../../contracts/alerts.ts';
import { deleteRoute, reviewHeld } from '../../flows/alerts/rules-changed.ts';
import { findRoute, nextPosition, readRoutes, saveRoute } from '../../platform/db/alert-rules.ts';
import { checkRoute, missing, refuseProjectToken } from '../check-alert-rules.ts';
import type { ApiDeps } from '../deps.ts';
import { answerOnce } from '../idempotent.ts';
import { principalOf } from '../plugins/auth.ts';
import { IdempotencyHeaders, IdParams, NoContent, problems } from '../schemas.ts';

const defaults: Omit<AlertRoute, 'id' | 'name' | 'position'> = {
  matchers: [],
  endpoints: [],
  group_by: ['project', 'class'],
  group_wait_s: 30,
  group_interval_s: 300,
  repeat_interval_s: 14_400,
  continue: false,
  digest: null,
  quiet_hours: null,
  escalate: null,
};

export const alertRouteRoutes: FastifyPluginAsyncTypebox<ApiDeps> = async (app, deps) => {
  const tags = ['alerts'];

  app.get(
    '/v1/routes',
    {
      config: { access: 'read' },
      schema: {
        tags,
        summary:
          'List routes in the order in which they are tried; endpoints that none names get every event that their own events and filter ask for',
        querystring: AlertListQuery,
        response: { 200: AlertRoutePage, ...problems() },
      },
    },
    async (request) => {
      refuseProjectToken(principalOf(request));
      return { items: await readRoutes(deps.database.client), next_cursor: null };
    },
  );

  app.post(
    '/v1/routes',
    {
      config: { access: 'admin' },
      schema: {
        tags,
        summary: 'Add a route',
        headers: IdempotencyHeaders,
        body: AlertRouteCreate,
        response: { 201: AlertRoute, ...problems('malformed_json', 'payload_too_large', 'idempotency_key_reused') },
      },
    },
    async (request, reply) => {
      refuseProjectToken(principalOf(request));
      return answerOnce(deps, request, reply, async (tx) => {
        const position = request.body.position ?? (await nextPosition(tx));
        const { name } = request.body;
        const route = pickRoute({ ...defaults, ...given(request.body), name, id: deps.newId('rte'), position });
        await checkRoute(tx, route, null);
        await saveRoute(tx, route, deps.clock.now());
        return { status: 201, body: route };
      });
    },
  );

  app.patch(
    '/v1/routes/:id',
    {
      config: { access: 'admin' },
      schema: {
        tags,
        summary: 'Change a route; a field that is given replaces what was there',
        params: IdParams,
        body: AlertRoutePatch,
        response: { 200: AlertRoute, ...problems('malformed_json', 'not_found', 'payload_too_large') },
      },
    },
    async (request) => {
      refuseProjectToken(principalOf(request));
      const { id } = request.params;
      return deps.database.transaction(async (tx) => {
        const before = await findRoute(tx, id);
        if (!before) throw missing('route', id);
        const route = pickRoute({ ...before, ...given(request.body), id });
        await checkRoute(tx, route, before);
        await saveRoute(tx, route, deps.clock.now());
        await reviewHeld(tx, deps.clock.now());
        return route;
      });
    },
  );

  app.delete(
    '/v1/routes/:id',
    {
      config: { access: 'admin' },
      schema: {
        tags,
        summary: 'Remove a route; what it had yet to tell takes the ways that are left',
        params: IdParams,
        response: { 204: NoContent, ...problems('not_found') },
      },
    },
    async (request, reply) => {
      refuseProjectToken(principalOf(request));
      const { id } = request.params;
      const { catalog, newId } = deps;
      const context = { catalog, now: deps.clock.now(), newId, publicUrl: deps.settings.publicUrl() };
      const deliveryIds = await deps.database.transaction(async (tx) => {
        if (!(await findRoute(tx, id))) throw missing('route', id);
        return deleteRoute(tx, id, context);
      });
      for (const deliveryId of deliveryIds) deps.nudge('deliver', { deliveryId });
      return reply.code(204).send(null);
    },
  );
};

/** Fields that were given: an undefined one replaces nothing. */
function given(body: AlertRoutePatch): Partial<AlertRoute> {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}

/** Without what a request may hold besides: unknown fields are ignored. */
function pickRoute(route: AlertRoute): AlertRoute {
  const { id, name, position } = route;
  const rest = Object.keys(defaults).map((field) => [field, route[field as keyof AlertRoute]]);
  return { id, name, position, ...Object.fromEntries(rest) } as AlertRoute;
}
