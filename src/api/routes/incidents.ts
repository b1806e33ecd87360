// Incidents: list, read, follow.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { PublicError } from '../../contracts/errors.ts';
import { CommentCreate, Incident, IncidentListQuery, IncidentPage, IncidentPatch } from '../../contracts/incidents.ts';
import { limits } from '../../contracts/limits.ts';
import type { IncidentEdit } from '../../domain/incidents/apply-patch.ts';
import { parseRequestTime, requestTimeRule } from '../../domain/observations/request-time.ts';
import { commentIncident, editIncident, presentIncidentRow, readIncident } from '../../flows/incidents.ts';
import type { Tx } from '../../platform/db/client.ts';
import { listIncidents } from '../../platform/db/incidents.ts';
import type { ApiDeps } from '../deps.ts';
import { answerOnce } from '../idempotent.ts';
import { languageTags, parseLocale } from '../locale.ts';
import { confineProject, principalOf } from '../plugins/auth.ts';
import { mayShare } from '../runs-of-caller.ts';
import { IdempotencyHeaders, IdParams, LanguageHeaders, problems } from '../schemas.ts';

export const incidentRoutes: FastifyPluginAsyncTypebox<ApiDeps> = async (app, deps) => {
  const tags = ['incidents'];
  const viewFor = (request: FastifyRequest) => ({
    catalog: deps.catalog,
    locale: parseLocale(request.headers['accept-language']),
  });

  async function readForCaller(tx: Tx, request: FastifyRequest, id: string): Promise<Incident> {
    const incident = await readIncident(tx, id, viewFor(request));
    if (incident && mayShare(principalOf(request), incident.project)) return incident;
    throw new PublicError('not_found', `There is no incident ${id}.`, {
      errors: [{ path: 'param:id', message: 'no such incident' }],
    });
  }

  app.addHook('onSend', async (request, reply) => {
    if (reply.statusCode < 300)
      reply.header('content-language', languageTags[viewFor(request).locale]).header('vary', 'accept-language');
  });

  app.get(
    '/v1/incidents',
    {
      config: { access: 'read' },
      schema: {
        tags,
        summary: 'List incidents',
        headers: LanguageHeaders,
        querystring: IncidentListQuery,
        response: { 200: IncidentPage, ...problems() },
      },
    },
    async (request) => {
      const { limit = limits.defaultPageSize, sort = '-last_seen_at', ...filter } = request.query;
      const project = confineProject(principalOf(request), filter.project);
      const view = viewFor(request);
      return listIncidents(deps.database.client, { ...filter, limit, sort, project }, (row) =>
        presentIncidentRow(row, view),
      );
    },
  );

  app.get(
    '/v1/incidents/:id',
    {
      config: { access: 'read' },
      schema: {
        tags,
        summary: 'Read an incident',
        headers: LanguageHeaders,
        params: IdParams,
        response: { 200: Incident, ...problems('not_found') },
      },
    },
    async (request) => readForCaller(deps.database.client, request, request.params.id),
  );

  app.patch(
    '/v1/incidents/:id',
    {
      config: { access: 'admin' },
      schema: {
        tags,
        summary: 'Acknowledge, resolve, reopen, assign, set the severity of, or mute an incident',
        headers: LanguageHeaders,
        params: IdParams,
        body: IncidentPatch,
        response: { 200: Incident, ...problems('malformed_json', 'not_found', 'payload_too_large') },
      },
    },
    async (request) => {
      const { id } = request.params;
      const edit = toEdit(request.body);
      const { incident, deliveryIds } = await deps.database.transaction(async (tx) => {
        await readForCaller(tx, request, id);
        const context = {
          catalog: deps.catalog,
          now: deps.clock.now(),
          newId: deps.newId,
          publicUrl: deps.settings.publicUrl(),
        };
        const edited = await editIncident(tx, id, edit, principalOf(request).name, context);
        return { incident: await readForCaller(tx, request, id), deliveryIds: edited?.deliveryIds ?? [] };
      });
      for (const deliveryId of deliveryIds) deps.nudge('deliver', { deliveryId });
      return incident;
    },
  );

  app.post(
    '/v1/incidents/:id/comments',
    {
      config: { access: 'admin' },
      schema: {
        tags,
        summary: 'Comment on an incident',
        headers: IdempotencyHeaders,
        params: IdParams,
        body: CommentCreate,
        response: {
          201: Incident,
          ...problems('malformed_json', 'not_found', 'payload_too_large', 'idempotency_key_reused'),
        },
      },
    },
    async (request, reply) =>
      answerOnce(deps, request, reply, async (tx) => {
        const { id } = request.params;
        await readForCaller(tx, request, id);
        await commentIncident(tx, id, request.body.text, principalOf(request).name, deps.clock.now());
        return { status: 201, body: await readForCaller(tx, request, id) };
      }),
  );
};

function toEdit({ state, assignee, severity, muted_until: until }: IncidentPatch): IncidentEdit {
  const mutedUntil = until === undefined || until === null ? until : parseRequestTime(until);
  if (mutedUntil === null && until !== null) {
    throw new PublicError('invalid_request', `/muted_until ${requestTimeRule}.`, {
      errors: [{ path: '/muted_until', message: requestTimeRule }],
    });
  }
  return { state, assignee, severity, mutedUntil };
}
