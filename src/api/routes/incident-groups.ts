// Several incidents at once: merge, take apart, change in bulk.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { PublicError } from '../../contracts/errors.ts';
import {
  Incident,
  IncidentBulk,
  IncidentBulkAnswer,
  IncidentMerge,
  IncidentUnmerge,
} from '../../contracts/incidents.ts';
import { editIncident, mergeIncidents, unmergeIncident } from '../../flows/edit-incidents.ts';
import type { ApiDeps } from '../deps.ts';
import { toEdit } from '../incident-patch.ts';
import { answerChanged, editingContext, editorOf } from '../incidents-of-caller.ts';
import { IdempotencyHeaders, IdParams, problems } from '../schemas.ts';

export const incidentGroupRoutes: FastifyPluginAsyncTypebox<ApiDeps> = async (app, deps) => {
  const tags = ['incidents'];

  app.post(
    '/v1/incidents/merge',
    {
      config: { access: 'admin' },
      schema: {
        tags,
        summary: 'Make incidents one; later failures with their fingerprints join it',
        headers: IdempotencyHeaders,
        body: IncidentMerge,
        response: {
          200: Incident,
          ...problems('malformed_json', 'not_found', 'conflict', 'payload_too_large', 'idempotency_key_reused'),
        },
      },
    },
    async (request, reply) =>
      answerChanged(deps, request, reply, { id: request.body.into, status: 200 }, (tx, editor, context) =>
        mergeIncidents(tx, request.body, editor, context),
      ),
  );

  app.post(
    '/v1/incidents/:id/unmerge',
    {
      config: { access: 'admin' },
      schema: {
        tags,
        summary: 'Take a merged incident out again, with all that came to it meanwhile',
        headers: IdempotencyHeaders,
        params: IdParams,
        body: IncidentUnmerge,
        response: {
          200: Incident,
          ...problems('malformed_json', 'not_found', 'conflict', 'payload_too_large', 'idempotency_key_reused'),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      return answerChanged(deps, request, reply, { id, status: 200 }, (tx, editor, context) =>
        unmergeIncident(tx, id, request.body.from, editor, context),
      );
    },
  );

  app.post(
    '/v1/incidents/bulk',
    {
      config: { access: 'admin' },
      schema: {
        tags,
        summary: 'Change many incidents alike; each is changed or refused by itself',
        body: IncidentBulk,
        response: { 200: IncidentBulkAnswer, ...problems('malformed_json', 'payload_too_large') },
      },
    },
    async (request) => {
      const { ids, patch } = request.body;
      const edit = toEdit(patch, deps.clock.now(), '/patch');
      const answer: IncidentBulkAnswer = { updated: [], failed: [] };
      for (const id of new Set(ids)) {
        try {
          const deliveryIds = await deps.database.transaction((tx) =>
            editIncident(tx, id, edit, editorOf(request), editingContext(deps)),
          );
          for (const deliveryId of deliveryIds) deps.nudge('deliver', { deliveryId });
          answer.updated.push(id);
        } catch (error) {
          if (!(error instanceof PublicError)) throw error;
          answer.failed.push({ id, code: error.code, detail: error.message });
        }
      }
      return answer;
    },
  );
};
