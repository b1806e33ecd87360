// Webhook endpoints.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { PageQuery } from '../../contracts/common.ts';
import { PublicError } from '../../contracts/errors.ts';
import { limits } from '../../contracts/limits.ts';
import type { Principal } from '../../contracts/tokens.ts';
import {
  WebhookCreate,
  type WebhookFilter,
  WebhookPage,
  WebhookWithSecret,
  webhookEvents,
} from '../../contracts/webhooks.ts';
import { insertEndpoint, listEndpoints, presentEndpoint, removeEndpoint } from '../../platform/db/endpoints.ts';
import { checkUrl } from '../../platform/http/safe-fetch.ts';
import { findSecretProblem, newWebhookSecret } from '../../platform/http/sign.ts';
import type { ApiDeps } from '../deps.ts';
import { findEndpointOfCaller } from '../endpoints-of-caller.ts';
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
        response: {
          201: WebhookWithSecret,
          ...problems('malformed_json', 'address_refused', 'payload_too_large', 'idempotency_key_reused'),
        },
      },
    },
    async (request, reply) => {
      const { url, format = 'standard', events = defaultEvents, locale = 'en' } = request.body;
      refuseUrl(url, deps.settings.outboundAllow);
      const filter = confineFilter(principalOf(request), request.body.filter ?? {});
      const secret = request.body.secret ?? newWebhookSecret();
      refuseSecret(secret);
      return answerOnce(deps, request, reply, async (tx) => {
        const row = await insertEndpoint(tx, {
          id: deps.newId('ep'),
          url,
          format,
          events: [...new Set(events)],
          filter,
          locale,
          secret,
          createdAt: deps.clock.now(),
        });
        return { status: 201, body: { ...presentEndpoint(row), secret } };
      });
    },
  );

  app.get(
    '/v1/webhooks',
    {
      config: { access: 'admin' },
      schema: {
        tags,
        summary: 'List endpoints',
        querystring: Type.Object(PageQuery),
        response: { 200: WebhookPage, ...problems() },
      },
    },
    async (request) => {
      const { cursor, limit = limits.defaultPageSize } = request.query;
      return listEndpoints(deps.database.client, { cursor, limit, project: principalOf(request).project ?? undefined });
    },
  );

  app.delete(
    '/v1/webhooks/:id',
    {
      config: { access: 'admin' },
      schema: {
        tags,
        summary: 'Remove an endpoint',
        params: IdParams,
        response: { 204: NoContent, ...problems('not_found') },
      },
    },
    async (request, reply) => {
      const endpoint = await findEndpointOfCaller(deps.database.client, principalOf(request), request.params.id);
      await removeEndpoint(deps.database.client, endpoint.id, deps.clock.now());
      return reply.code(204).send(null);
    },
  );
};

function confineFilter(principal: Principal, filter: WebhookFilter): WebhookFilter {
  if (principal.project === null) return filter;
  if (filter.project !== undefined && filter.project !== principal.project) {
    throw new PublicError(
      'forbidden',
      `This token belongs to the project ${principal.project}; its webhooks hear of that project only.`,
    );
  }
  return { ...filter, project: principal.project };
}

function refuseUrl(url: string, allow: string[]): void {
  const verdict = checkUrl(url, { allow });
  if (verdict.kind === 'ok') return;
  const code = verdict.kind === 'invalid' ? 'invalid_request' : 'address_refused';
  throw new PublicError(code, `The url cannot be used: ${verdict.reason}.`, {
    errors: [{ path: '/url', message: verdict.reason }],
  });
}

function refuseSecret(secret: string): void {
  const message = findSecretProblem(secret);
  if (message === null) return;
  throw new PublicError('invalid_request', `/secret ${message}; leave it out to have one made.`, {
    errors: [{ path: '/secret', message }],
  });
}
