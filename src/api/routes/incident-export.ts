// Incidents as a file: JSON or CSV, streamed.
import { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { IncidentExport, IncidentExportQuery, type IncidentSummary } from '../../contracts/incidents.ts';
import { csvHeader, csvLine } from '../../domain/incidents/incident-csv.ts';
import { exportIncidents, toIncidentFilter } from '../../flows/read-incidents.ts';
import type { ApiDeps } from '../deps.ts';
import { viewFor } from '../incidents-of-caller.ts';
import { confineProject, principalOf } from '../plugins/auth.ts';
import { LanguageHeaders, problems } from '../schemas.ts';

/** Sent as a stream, as the JSON is. */
const CsvFile = Type.Unsafe<Readable>({ type: 'string', description: 'RFC 4180, UTF-8, with a header line' });

type Export = AsyncGenerator<IncidentSummary, { complete: boolean }>;

export const incidentExportRoutes: FastifyPluginAsyncTypebox<ApiDeps> = async (app, deps) => {
  app.get(
    '/v1/incidents/export',
    {
      config: { access: 'read' },
      schema: {
        tags: ['incidents'],
        summary: 'Export incidents as a file',
        headers: LanguageHeaders,
        querystring: IncidentExportQuery,
        response: {
          200: {
            description: 'The incidents, streamed',
            content: {
              'application/json': { schema: IncidentExport },
              'text/csv': { schema: CsvFile },
            },
          },
          ...problems(),
        },
      },
    },
    async (request, reply) => {
      const { format = 'json', project, ...query } = request.query;
      const filter = toIncidentFilter(query, confineProject(principalOf(request), project), deps.clock.now());
      const incidents = exportIncidents(deps.database.client, filter, viewFor(deps, request));
      const [type, write] = format === 'csv' ? ['text/csv; charset=utf-8', toCsv] : ['application/json', toJson];
      reply.header('content-disposition', `attachment; filename="incidents.${format}"`).type(type as string);
      return reply.send(Readable.from((write as typeof toCsv)(incidents)));
    },
  );
};

async function* toCsv(incidents: Export): AsyncGenerator<string> {
  yield csvHeader;
  for await (const incident of incidents) yield csvLine(incident);
}

async function* toJson(incidents: Export): AsyncGenerator<string> {
  let lead = '{"items":[';
  for (;;) {
    const { done, value } = await incidents.next();
    if (done) return yield `${lead === ',' ? '' : lead}],"complete":${value.complete}}`;
    yield `${lead}${JSON.stringify(value)}`;
    lead = ',';
  }
}
