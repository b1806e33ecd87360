// What was sent to a webhook endpoint, and a test of one.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { PublicError } from '../../contracts/errors.ts';
import { limits } from '../../contracts/limits.ts';
import { DeliveryListQuery, DeliveryPage, TestReceipt, type WebhookFormat } from '../../contracts/webhooks.ts';
import { channels } from '../../domain/channels/index.ts';
import { insertDeliveries, listDeliveries } from '../../platform/db/deliveries.ts';
import type { ApiDeps } from '../deps.ts';
import { findEndpointOfCaller } from '../endpoints-of-caller.ts';
import { answerOnce } from '../idempotent.ts';
import { principalOf } from '../plugins/auth.ts';
import { IdempotencyHeaders, IdParams, problems } from '../schemas.ts';

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
        if (endpoint.status !== 'enabled')
          throw new PublicError(
            'conflict',
            `The endpoint is disabled: ${endpoint.disabledReason ?? 'no reason kept'}. Register it anew.`,
          );
        const now = deps.clock.now();
        const subject = {
          kind: 'test' as const,
          message: 'A test from Losswatch: this endpoint works.',
          url: deps.settings.publicUrl(),
        };
        const body = channels[endpoint.format as WebhookFormat].buildBody({ event: 'webhook.test', at: now, subject });
        const delivery = {
          id: deps.newId('msg'),
          endpointId: endpoint.id,
          incidentId: null,
          event: 'webhook.test' as const,
          body,
          createdAt: now,
        };
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
};
