// The replay bundle of an incident: one archive, made while it is sent.
import type { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { PublicError } from '../../contracts/errors.ts';
import { loadView } from '../../flows/incident-records.ts';
import { makeBundle, partToReplay } from '../../flows/replay-bundle.ts';
import { tarGz } from '../../platform/archive.ts';
import type { ApiDeps } from '../deps.ts';
import { findIncidentOfCaller, viewFor } from '../incidents-of-caller.ts';
import { IdParams, LanguageHeaders, problems } from '../schemas.ts';

const Archive = Type.Unsafe<Readable>({ type: 'string', format: 'binary', description: 'tar, gzipped' });
const BundleQuery = Type.Object({
  run: Type.Optional(
    Type.String({ maxLength: 64, description: "One of the incident's runs; the one that speaks for it when left out" }),
  ),
});

export const incidentBundleRoutes: FastifyPluginAsyncTypebox<ApiDeps> = async (app, deps) => {
  app.get(
    '/v1/incidents/:id/bundle',
    {
      config: { access: 'read' },
      schema: {
        tags: ['incidents'],
        summary: 'Tensors, traces, logs and facts of an incident with a script that makes its verdict anew offline',
        headers: LanguageHeaders,
        params: IdParams,
        querystring: BundleQuery,
        response: {
          200: { description: 'The archive', content: { 'application/gzip': { schema: Archive } } },
          ...problems('not_found'),
        },
      },
    },
    async (request, reply) => {
      const { client } = deps.database;
      const record = await findIncidentOfCaller(client, request, request.params.id);
      const incident = await loadView(client, record);
      const part = partToReplay(incident, request.query.run);
      if (!part) throw noSuchPart(request.query.run);
      const { database, blobs, catalog, clock } = deps;
      const source = { database, blobs, catalog, script: await deps.verifyScript(), now: clock.now() };
      const entries = makeBundle(source, incident, part, viewFor(deps, request));
      reply
        .header('content-disposition', `attachment; filename="losswatch-${record.id}.tar.gz"`)
        .type('application/gzip');
      return reply.send(tarGz(entries, source.now));
    },
  );
};

function noSuchPart(run: string | undefined): PublicError {
  const message = 'is not one of the runs of the incident';
  return new PublicError('not_found', run === undefined ? 'The incident has no run left.' : `Run ${run} ${message}.`, {
    errors: [{ path: 'query:run', message }],
  });
}
