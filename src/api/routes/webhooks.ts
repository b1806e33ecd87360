// Webhook endpoints and their deliveries.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { PageQuery } from '../../contracts/common.ts';
import { PublicError } from '../../contracts/errors.ts';
import { limits } from '../../contracts/limits.ts';
import type { Principal } from '../../contracts/tokens.ts';
import { DeliveryListQuery, DeliveryPage, TestReceipt, WebhookCreate, type WebhookFilter, type WebhookFormat, WebhookPage, webhookEvents, WebhookWithSecret } from '../../contracts/webhooks.ts';
import { channels } from '../../domain/channels/index.ts';
import type { Tx } from '../../platform/db/client.ts';
import { insertDeliveries, listDeliveries } from '../../platform/db/deliveries.ts';
import { type EndpointRow, findEndpoint, insertEndpoint, listEndpoints, presentEndpoint, removeEndpoint } from '../../platform/db/endpoints.ts';
import { checkUrl } from '../../platform/http/safe-fetch.ts';
import { newWebhookSecret } from '../../platform/http/sign.ts';
import type { ApiDeps } from '../deps.ts';
import { answerOnce } from '../idempotent.ts';
import { principalOf } from '../plugins/auth.ts';
import { IdempotencyHeaders, IdParams, NoContent, problems } from '../schemas.ts';

/** A new endpoint hears of everything but tests, which it gets when it is tested. */
const defaultEvents = webhookEvents.filter((event) => event !== 'webhook.test');

export const webhookRoutes: FastifyPluginAsyncTypebox<ApiDeps> = async (app, deps) => {
  const tags = ['webhooks'];

  app.post(
    '/v1/webhooks',
    {
      config: { access: 'admin' },
      schema: {
        tags,
        summary: 'Register an endpoint; the secret is shown this once',
        headers: IdempotencyHeaders,
        body: WebhookCreate,
        response: { 201: WebhookWithSecret, ...problems('malformed_json', 'address_refused', 'payload_too_large', 'idempotency_key_reused') },
      },
    },
    async (request, reply) => {
      const { url, format = 'standard', events = defaultEvents, locale = 'en' } = request.body;
      refuseUrl(url, deps.settings.outboundAllow);
      const filter = confineFilter(principalOf(request), request.body.filter ?? {});
      const secret = request.body.secret ?? newWebhookSecret();
      return answerOnce(deps, request, reply, async (tx) => {
        const row = await insertEndpoint(tx, { id: deps.newId('ep'), url, format, events: [...new Set(events)], filter, locale, secret, createdAt: deps.clock.now() });
        return { status: 201, body: { ...presentEndpoint(row), secret } };
      });
    },
  );

  app.get(
    '/v1/webhooks',
    { config: { access: 'admin' }, schema: { tags, summary: 'List endpoints', querystring: Type.Object(PageQuery), response: { 200: WebhookPage, ...problems() } } },
    async (request) => {
      const { cursor, limit = limits.defaultPageSize } = request.query;
      return listEndpoints(deps.database.client, { cursor, limit, project: principalOf(request).project ?? undefined });
    },
  );

  app.delete(
    '/v1/webhooks/:id',
    { config: { access: 'admin' }, schema: { tags, summary: 'Remove an endpoint', params: IdParams, response: { 204: NoContent, ...problems('not_found') } } },
    async (request, reply) => {
      const endpoint = await findForCaller(deps.database.client, principalOf(request), request.params.id);
      await removeEndpoint(deps.database.client, endpoint.id, deps.clock.now());
      return reply.code(204).send();
    },
  );

  app.post(
    '/v1/webhooks/:id/test',
    {
      config: { access: 'admin' },
      schema: { tags, summary: 'Send a webhook.test', headers: IdempotencyHeaders, params: IdParams, response: { 202: TestReceipt, ...problems('not_found', 'conflict', 'idempotency_key_reused') } },
    },
    async (request, reply) =>
      answerOnce(deps, request, reply, async (tx) => {
        const endpoint = await findForCaller(tx, principalOf(request), request.params.id);
        if (endpoint.status !== 'enabled') throw new PublicError('conflict', `The endpoint is disabled: ${endpoint.disabledReason ?? 'no reason kept'}. Register it anew.`);
        const now = deps.clock.now();
        const subject = { kind: 'test' as const, message: 'A test from Losswatch: this endpoint works.', url: deps.settings.publicUrl() };
        const body = channels[endpoint.format as WebhookFormat].buildBody({ event: 'webhook.test', at: now, subject });
        const delivery = { id: deps.newId('msg'), endpointId: endpoint.id, incidentId: null, event: 'webhook.test' as const, body, createdAt: now };
        await insertDeliveries(tx, [delivery]);
        return { status: 202, body: { delivery_id: delivery.id }, nudges: (nudge) => nudge('deliver', { deliveryId: delivery.id }) };
      }),
  );

  app.get(
    '/v1/webhooks/:id/deliveries',
    {
      config: { access: 'admin' },
      schema: { tags, summary: 'List deliveries with every attempt, the newest first', params: IdParams, querystring: DeliveryListQuery, response: { 200: DeliveryPage, ...problems('not_found') } },
    },
    async (request) => {
      const { cursor, limit = limits.defaultPageSize } = request.query;
      const endpoint = await findForCaller(deps.database.client, principalOf(request), request.params.id);
      return listDeliveries(deps.database.client, endpoint.id, { cursor, limit });
    },
  );
};

/** A token of one project sees the endpoints whose filter is that project. */
async function findForCaller(tx: Tx, principal: Principal, id: string): Promise<EndpointRow> {
  const endpoint = await findEndpoint(tx, id);
  const mine = endpoint && (principal.project === null || (endpoint.filter as WebhookFilter).project === principal.project);
  if (!mine) throw new PublicError('not_found', `There is no webhook ${id}.`, { errors: [{ path: 'param:id', message: 'no such webhook' }] });
  return endpoint;
}

function confineFilter(principal: Principal, filter: WebhookFilter): WebhookFilter {
  if (principal.project === null) return filter;
  if (filter.project !== undefined && filter.project !== principal.project) {
    throw new PublicError('forbidden', `This token belongs to the project ${principal.project}; its webhooks hear of that project only.`);
  }
  return { ...filter, project: principal.project };
}

function refuseUrl(url: string, allow: string[]): void {
  const verdict = checkUrl(url, { allow });
  if (verdict.kind === 'ok') return;
  const code = verdict.kind === 'invalid' ? 'invalid_request' : 'address_refused';
  throw new PublicError(code, `The url cannot be used: ${verdict.reason}.`, { errors: [{ path: '/url', message: verdict.reason }] });
}
