// What was found in a run: the marks on its curves and captures.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { FindingPage, FindingQuery } from '../../contracts/findings.ts';
import { limits } from '../../contracts/limits.ts';
import { describeWholeFinding } from '../../domain/diagnosis/present-diagnosis.ts';
import { listFindings, type StoredFinding } from '../../platform/db/findings.ts';
import type { ApiDeps } from '../deps.ts';
import { speakTo } from '../locale.ts';
import { principalOf } from '../plugins/auth.ts';
import { findRunOfCaller } from '../runs-of-caller.ts';
import { LanguageHeaders, problems, RunParams } from '../schemas.ts';

export const findingRoutes: FastifyPluginAsyncTypebox<ApiDeps> = async (app, deps) => {
  app.get(
    '/v1/runs/:id/findings',
    {
      config: { access: 'read' },
      schema: {
        tags: ['runs'],
        summary: 'What was found in the points and tensors of a run, in the order in which it was found',
        headers: LanguageHeaders,
        params: RunParams,
        querystring: FindingQuery,
        response: { 200: FindingPage, ...problems('not_found') },
      },
    },
    async (request, reply) => {
      const { client } = deps.database;
      const run = await findRunOfCaller(client, principalOf(request), request.params.id);
      const { kind, cursor, limit = limits.findingPageSize } = request.query;
      const locale = speakTo(request, reply);
      const page = await listFindings(client, run.id, { kind, cursor, limit });
      const present = ({ finding, at }: StoredFinding) => {
        const text = describeWholeFinding(finding, deps.catalog, locale);
        return { ...finding, text, found_at: at.toISOString() };
      };
      return { items: page.items.map(present), next_cursor: page.next_cursor };
    },
  );
};
