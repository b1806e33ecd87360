// Which detectors there are, and what they would have found in a run with other options.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { DetectorPage, DryRunAnswer, DryRunRequest } from '../../contracts/detectors.ts';
import { detectors } from '../../domain/detectors/index.ts';
import { dryRun } from '../../flows/dry-run.ts';
import { readRegRange } from '../../platform/db/captures.ts';
import type { ApiDeps } from '../deps.ts';
import { principalOf } from '../plugins/auth.ts';
import { findRunOfCaller } from '../runs-of-caller.ts';
import { problems, RunParams } from '../schemas.ts';

export const detectorRoutes: FastifyPluginAsyncTypebox<ApiDeps> = async (app, deps) => {
  app.get(
    '/v1/detectors',
    {
      config: { access: 'read' },
      schema: {
        tags: ['runs'],
        summary: 'List detectors with the thresholds that a project or a run may set',
        response: { 200: DetectorPage, ...problems() },
      },
    },
    async () => ({ items: detectors.map(({ id, thresholds }) => ({ id, thresholds })), next_cursor: null }),
  );

  app.post(
    '/v1/runs/:id/dry_run',
    {
      config: { access: 'read' },
      schema: {
        tags: ['runs'],
        summary: 'Replay the points of a run with other detector options; nothing is stored',
        params: RunParams,
        body: DryRunRequest,
        response: { 200: DryRunAnswer, ...problems('malformed_json', 'not_found', 'payload_too_large') },
      },
    },
    async (request) => {
      const { client } = deps.database;
      const run = await findRunOfCaller(client, principalOf(request), request.params.id);
      const range = await readRegRange(client, run.id);
      const options = request.body.detectors ?? {};
      return deps.database.sql.snapshot((query) => dryRun(query, { ...run, range }, options, deps.catalog));
    },
  );
};
