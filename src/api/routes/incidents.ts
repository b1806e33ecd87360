// Incidents: list, read, change, comment, say what helped.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import {
  CommentCreate,
  FeedbackCreate,
  Incident,
  IncidentListQuery,
  IncidentPage,
  IncidentPatch,
} from '../../contracts/incidents.ts';
import { limits } from '../../contracts/limits.ts';
import { commentIncident, editIncident, judgeRemediation } from '../../flows/edit-incidents.ts';
import { presentIncidentRow, toIncidentFilter } from '../../flows/read-incidents.ts';
import { listIncidents } from '../../platform/db/incident-list.ts';
import { readFirstSteps } from '../../platform/db/incident-parts.ts';
import type { ApiDeps } from '../deps.ts';
import { toEdit } from '../incident-patch.ts';
import { answerChanged, readIncidentOfCaller, viewFor } from '../incidents-of-caller.ts';
import { languageTags } from '../locale.ts';
import { confineProject, principalOf } from '../plugins/auth.ts';
import { IdempotencyHeaders, IdParams, LanguageHeaders, ObjectId, problems } from '../schemas.ts';

const FeedbackParams = Type.Object({ id: ObjectId, remediation_id: Type.String({ minLength: 1, maxLength: 100 }) });

export const incidentRoutes: FastifyPluginAsyncTypebox<ApiDeps> = async (app, deps) => {
  const tags = ['incidents'];

  app.addHook('onSend', async (request, reply) => {
    if (reply.statusCode < 300)
      reply.header('content-language', languageTags[viewFor(deps, request).locale]).header('vary', 'accept-language');
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
      const { limit = limits.defaultPageSize, sort = '-last_seen_at', cursor, project, ...query } = request.query;
      const filter = toIncidentFilter(query, confineProject(principalOf(request), project), deps.clock.now());
      const view = viewFor(deps, request);
      const page = await listIncidents(deps.database.client, { ...filter, limit, sort, cursor }, (row) =>
        presentIncidentRow(row, view),
      );
      if (filter.run === undefined) return page;
      const ids = page.items.map(({ id }) => id);
      const steps = await readFirstSteps(deps.database.client, filter.run, ids);
      return { ...page, items: page.items.map((item) => ({ ...item, first_step_in_run: steps.get(item.id) ?? null })) };
    },
  );

  app.get(
    '/v1/incidents/:id',
    {
      config: { access: 'read' },
      schema: {
        tags,
        summary: 'Read an incident; the id of a merged one leads to the one that it was merged into',
        headers: LanguageHeaders,
        params: IdParams,
        response: { 200: Incident, ...problems('not_found') },
      },
    },
    async (request) => readIncidentOfCaller(deps.database.client, deps, request, request.params.id),
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
    async (request, reply) => {
      const { id } = request.params;
      const edit = toEdit(request.body, deps.clock.now());
      return answerChanged(deps, request, reply, { id, status: 200 }, (tx, editor, context) =>
        editIncident(tx, id, edit, editor, context),
      );
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
    async (request, reply) => {
      const { id } = request.params;
      return answerChanged(deps, request, reply, { id, status: 201 }, (tx, editor, context) =>
        commentIncident(tx, id, request.body.text, editor, context),
      );
    },
  );

  app.post(
    '/v1/incidents/:id/remediations/:remediation_id/feedback',
    {
      config: { access: 'admin' },
      schema: {
        tags,
        summary: 'Say whether a remediation helped; saying it again replaces what the caller had said',
        headers: IdempotencyHeaders,
        params: FeedbackParams,
        body: FeedbackCreate,
        response: {
          200: Incident,
          ...problems('malformed_json', 'not_found', 'payload_too_large', 'idempotency_key_reused'),
        },
      },
    },
    async (request, reply) => {
      const { id, remediation_id: remediation } = request.params;
      return answerChanged(deps, request, reply, { id, status: 200 }, (tx, editor, context) =>
        judgeRemediation(tx, id, { remediation, worked: request.body.worked }, editor, context),
      );
    },
  );
};
