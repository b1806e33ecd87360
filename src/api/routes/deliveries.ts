// What was sent to a webhook endpoint: list it, send it anew, test the endpoint.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { PublicError } from '../../contracts/errors.ts';
import { limits } from '../../contracts/limits.ts';
import {
  type Delivery,
  DeliveryDetail,
  DeliveryListQuery,
  DeliveryPage,
  RecoverReceipt,
  RecoverRequest,
  TestReceipt,
} from '../../contracts/webhooks.ts';
import { parseRequestTime, requestTimeRule } from '../../domain/observations/request-time.ts';
import { deliverPayload, makeTestDelivery, showRequest } from '../../flows/deliveries.ts';
import {
  findDelivery,
  insertDeliveries,
  listDeliveries,
  recoverDeliveries,
  redeliver,
} from '../../platform/db/deliveries.ts';
import type { EndpointRow } from '../../platform/db/endpoints.ts';
import type { ApiDeps } from '../deps.ts';
import { findEndpointOfCaller } from '../endpoints-of-caller.ts';
import { answerOnce } from '../idempotent.ts';
import { principalOf } from '../plugins/auth.ts';
import { IdempotencyHeaders, IdParams, ObjectId, problems } from '../schemas.ts';

const DeliveryParams = Type.Object({ id: ObjectId, delivery_id: ObjectId });

/** Deliveries sent anew by one call; the next call takes the rest. */
const maxRecovered = 10_000;

export const deliveryRoutes: FastifyPluginAsyncTypebox<ApiDeps> = async (app, deps) => {
  const tags = ['webhooks'];

  app.post(
    '/v1/webhooks/:id/test',
    {
      config: { access: 'admin' },
      schema: {
        tags,
        summary: 'Send a webhook.test',
        headers: IdempotencyHeaders,
        params: IdParams,
        response: { 202: TestReceipt, ...problems('not_found', 'conflict', 'idempotency_key_reused') },
      },
    },
    async (request, reply) =>
      answerOnce(deps, request, reply, async (tx) => {
        const endpoint = await findEndpointOfCaller(tx, principalOf(request), request.params.id);
        refuseDisabled(endpoint);
        const context = { now: deps.clock.now(), newId: deps.newId, publicUrl: deps.settings.publicUrl() };
        const delivery = makeTestDelivery(endpoint, context);
        await insertDeliveries(tx, [delivery]);
        return {
          status: 202,
          body: { delivery_id: delivery.id },
          nudges: (nudge) => nudge('deliver', { deliveryId: delivery.id }),
        };
      }),
  );

  app.get(
    '/v1/webhooks/:id/deliveries',
    {
      config: { access: 'admin' },
      schema: {
        tags,
        summary: 'List deliveries with every attempt, the newest first',
        params: IdParams,
        querystring: DeliveryListQuery,
        response: { 200: DeliveryPage, ...problems('not_found') },
      },
    },
    async (request) => {
      const { cursor, limit = limits.defaultPageSize } = request.query;
      const endpoint = await findEndpointOfCaller(deps.database.client, principalOf(request), request.params.id);
      return listDeliveries(deps.database.client, endpoint.id, { cursor, limit });
    },
  );

  app.get(
    '/v1/webhooks/:id/deliveries/:delivery_id',
    {
      config: { access: 'admin' },
      schema: {
        tags,
        summary: 'Read a delivery with every attempt and the request that they make, its secrets left out',
        params: DeliveryParams,
        response: { 200: DeliveryDetail, ...problems('not_found') },
      },
    },
    async (request) => {
      const { id, delivery_id: deliveryId } = request.params;
      const endpoint = await findEndpointOfCaller(deps.database.client, principalOf(request), id);
      const found = await findDelivery(deps.database.client, endpoint.id, deliveryId);
      if (!found) throw noDelivery(deliveryId);
      const { delivery, body } = found;
      const wasTold = delivery.merged_into === null;
      return {
        ...delivery,
        request: wasTold ? showRequest(endpoint, { id: deliveryId, body }, sentAt(delivery)) : null,
      };
    },
  );

  app.post(
    '/v1/webhooks/:id/deliveries/:delivery_id/redeliver',
    {
      config: { access: 'admin' },
      schema: {
        tags,
        summary: 'Send a delivery anew, under the same id and with the same message',
        headers: IdempotencyHeaders,
        params: DeliveryParams,
        response: { 202: TestReceipt, ...problems('not_found', 'conflict', 'idempotency_key_reused') },
      },
    },
    async (request, reply) =>
      answerOnce(deps, request, reply, async (tx) => {
        const { id, delivery_id: deliveryId } = request.params;
        const endpoint = await findEndpointOfCaller(tx, principalOf(request), id);
        refuseDisabled(endpoint);
        const again = await redeliver(tx, endpoint.id, deliveryId, deps.clock.now());
        if (!again) throw noDelivery(deliveryId);
        if ('mergedInto' in again)
          throw new PublicError('conflict', `The event was told by ${again.mergedInto}; send that delivery anew.`);
        return {
          status: 202,
          body: { delivery_id: deliveryId },
          nudges: (nudge) => nudge('deliver', deliverPayload(again)),
        };
      }),
  );

  app.post(
    '/v1/webhooks/:id/recover',
    {
      config: { access: 'admin' },
      schema: {
        tags,
        summary: `Send anew what failed since a time, in its order; at most ${maxRecovered} deliveries a call`,
        headers: IdempotencyHeaders,
        params: IdParams,
        body: RecoverRequest,
        response: {
          202: RecoverReceipt,
          ...problems('malformed_json', 'not_found', 'conflict', 'payload_too_large', 'idempotency_key_reused'),
        },
      },
    },
    async (request, reply) => {
      const since = parseRequestTime(request.body.since);
      if (since === null) {
        throw new PublicError('invalid_request', `/since ${requestTimeRule}.`, {
          errors: [{ path: '/since', message: requestTimeRule }],
        });
      }
      return answerOnce(deps, request, reply, async (tx) => {
        const endpoint = await findEndpointOfCaller(tx, principalOf(request), request.params.id);
        refuseDisabled(endpoint);
        const now = deps.clock.now();
        const recovered = await recoverDeliveries(tx, endpoint.id, { since, now, limit: maxRecovered });
        return {
          status: 202,
          body: { deliveries: recovered.length },
          nudges: (nudge) => {
            for (const delivery of recovered.slice(0, maxNudged)) nudge('deliver', deliverPayload(delivery));
          },
        };
      });
    },
  );
};

/** Whoever is done nudges the next, so a few begin. */
const maxNudged = 20;

/** When the latest attempt began (its row says when it ended), or else when the delivery came into being. */
function sentAt({ attempts, created_at: createdAt }: Delivery): Date {
  const latest = attempts.at(-1);
  return latest ? new Date(Date.parse(latest.at) - latest.latency_ms) : new Date(createdAt);
}

function noDelivery(id: string): PublicError {
  return new PublicError('not_found', `There is no delivery ${id} of this webhook.`, {
    errors: [{ path: 'param:delivery_id', message: 'no such delivery' }],
  });
}

function refuseDisabled(endpoint: EndpointRow): void {
  if (endpoint.status === 'enabled') return;
  throw new PublicError(
    'conflict',
    `The endpoint is disabled: ${endpoint.disabledReason ?? 'no reason kept'}. Enable it with PATCH {"status": "enabled"}.`,
  );
}
