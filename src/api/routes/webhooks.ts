// Webhook endpoints.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { Nullable, PageQuery } from '../../contracts/common.ts';
import { PublicError } from '../../contracts/errors.ts';
import { limits } from '../../contracts/limits.ts';
import {
  SecretRotation,
  Webhook,
  WebhookCreate,
  WebhookPage,
  WebhookPatch,
  WebhookWithSecret,
  webhookEvents,
} from '../../contracts/webhooks.ts';
import { channels } from '../../domain/channels/index.ts';
import { channelOf } from '../../flows/deliveries.ts';
import {
  type EndpointChange,
  findEndpoint,
  insertEndpoint,
  listEndpoints,
  presentEndpoint,
  removeEndpoint,
  rotateSecret,
  updateEndpoint,
} from '../../platform/db/endpoints.ts';
import { checkAddress, checkSecret, checkSettings, confineFilter } from '../check-endpoint.ts';
import type { ApiDeps } from '../deps.ts';
import { findEndpointOfCaller } from '../endpoints-of-caller.ts';
import { answerOnce } from '../idempotent.ts';
import { principalOf } from '../plugins/auth.ts';
import { IdempotencyHeaders, IdParams, NoContent, problems } from '../schemas.ts';

/** A new endpoint hears of everything but tests, which it gets when it is tested. */
const defaultEvents = webhookEvents.filter((event) => event !== 'webhook.test');
const defaultOverlapS = 86_400;

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
          ...problems('malformed_json', 'address_refused', 'conflict', 'payload_too_large', 'idempotency_key_reused'),
        },
      },
    },
    async (request, reply) => {
      const { format = 'standard', events = defaultEvents, locale = 'en', ...given } = request.body;
      const channel = channels[format];
      const endpoint = {
        url: checkAddress(channel, given.url, deps.settings),
        format,
        events: [...new Set(events)],
        filter: confineFilter(principalOf(request), given.filter ?? {}),
        settings: checkSettings(channel, given.settings),
        locale,
        secret: checkSecret(channel, given.secret),
      };
      return answerOnce(deps, request, reply, async (tx) => {
        const row = await insertEndpoint(tx, { id: deps.newId('ep'), ...endpoint, createdAt: deps.clock.now() });
        return { status: 201, body: { ...presentEndpoint(row), secret: endpoint.secret } };
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

  app.get(
    '/v1/webhooks/:id',
    {
      config: { access: 'admin' },
      schema: {
        tags,
        summary: 'Read an endpoint and how it fares',
        params: IdParams,
        response: { 200: Webhook, ...problems('not_found') },
      },
    },
    async (request) =>
      presentEndpoint(await findEndpointOfCaller(deps.database.client, principalOf(request), request.params.id)),
  );

  app.patch(
    '/v1/webhooks/:id',
    {
      config: { access: 'admin' },
      schema: {
        tags,
        summary: 'Change an endpoint; `status: enabled` brings a disabled one back',
        params: IdParams,
        body: WebhookPatch,
        response: {
          200: Webhook,
          ...problems('malformed_json', 'address_refused', 'conflict', 'not_found', 'payload_too_large'),
        },
      },
    },
    async (request) => {
      const principal = principalOf(request);
      const endpoint = await findEndpointOfCaller(deps.database.client, principal, request.params.id);
      const channel = channelOf(endpoint);
      const { url, events, filter, settings, locale, status } = request.body;
      const change: EndpointChange = {
        ...(locale === undefined ? {} : { locale }),
        ...(status === undefined ? {} : { status }),
        ...(url === undefined ? {} : { url: checkAddress(channel, url, deps.settings) }),
        ...(events === undefined ? {} : { events: [...new Set(events)] }),
        ...(filter === undefined ? {} : { filter: confineFilter(principal, filter) }),
        ...(settings === undefined ? {} : { settings: checkSettings(channel, settings) }),
      };
      return presentEndpoint(await updateEndpoint(deps.database.client, endpoint.id, change));
    },
  );

  app.post(
    '/v1/webhooks/:id/rotate-secret',
    {
      config: { access: 'admin' },
      schema: {
        tags,
        summary: 'Replace the secret; for a time requests are signed with both. The new one is shown this once',
        headers: IdempotencyHeaders,
        params: IdParams,
        body: Nullable(SecretRotation),
        response: {
          200: WebhookWithSecret,
          ...problems('malformed_json', 'conflict', 'not_found', 'payload_too_large', 'idempotency_key_reused'),
        },
      },
    },
    async (request, reply) =>
      answerOnce(deps, request, reply, async (tx) => {
        const endpoint = await findEndpointOfCaller(tx, principalOf(request), request.params.id);
        const channel = channelOf(endpoint);
        if (channel.secret.kind === 'none')
          throw new PublicError('conflict', `An endpoint of the format ${channel.format} has no secret.`);
        const { secret: given, overlap_s: overlapS = defaultOverlapS } = request.body ?? {};
        const isGiven = channel.secret.kind === 'given';
        const secret = checkSecret({ ...channel, secret: { ...channel.secret, required: isGiven } }, given);
        const now = deps.clock.now();
        // Services whose secret is given know one at a time: signing with the old one, too, would be of no use.
        const overlapMs = isGiven ? 0 : overlapS * 1000;
        await rotateSecret(tx, endpoint, secret ?? '', new Date(now.getTime() + overlapMs), now);
        const row = await findEndpoint(tx, endpoint.id);
        return { status: 200, body: { ...presentEndpoint(row ?? endpoint), secret } };
      }),
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
