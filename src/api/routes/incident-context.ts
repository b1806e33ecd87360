// What helps to understand an incident: others like it, and what its run has otherwise than the last good one.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { IncidentComparison, IncidentComparisonQuery, SimilarIncidents } from '../../contracts/comparison.ts';
import { PublicError } from '../../contracts/errors.ts';
import { compareWithGood, listSimilar } from '../../flows/compare-incidents.ts';
import type { ApiDeps } from '../deps.ts';
import { findIncidentOfCaller, viewFor } from '../incidents-of-caller.ts';
import { principalOf } from '../plugins/auth.ts';
import { IdParams, LanguageHeaders, problems } from '../schemas.ts';

export const incidentContextRoutes: FastifyPluginAsyncTypebox<ApiDeps> = async (app, deps) => {
  const tags = ['incidents'];

  app.get(
    '/v1/incidents/:id/similar',
    {
      config: { access: 'read' },
      schema: {
        tags,
        summary: 'Incidents of the same class in other runs, those of the same cause first, and what fixed them',
        headers: LanguageHeaders,
        params: IdParams,
        response: { 200: SimilarIncidents, ...problems('not_found') },
      },
    },
    async (request) => {
      const { client } = deps.database;
      const record = await findIncidentOfCaller(client, request, request.params.id);
      return listSimilar(client, record, principalOf(request).project, viewFor(deps, request));
    },
  );

  app.get(
    '/v1/incidents/:id/comparison',
    {
      config: { access: 'read' },
      schema: {
        tags,
        summary:
          'What a run of the incident has otherwise than the last good run of its project, and from which step on',
        params: IdParams,
        querystring: IncidentComparisonQuery,
        response: { 200: IncidentComparison, ...problems('not_found') },
      },
    },
    async (request) => {
      const { client } = deps.database;
      const record = await findIncidentOfCaller(client, request, request.params.id);
      const comparison = await deps.database.sql.snapshot((query) =>
        compareWithGood(client, query, record, request.query.run),
      );
      if (comparison) return comparison;
      const message = 'is not one of the runs of the incident';
      throw new PublicError('not_found', `Run ${request.query.run} ${message}.`, {
        errors: [{ path: 'query:run', message }],
      });
    },
  );
};
