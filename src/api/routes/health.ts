// For load balancers and people who ask whether it runs: no token needed.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Health, Readiness } from '../../contracts/health.ts';
import { findWorkers } from '../../platform/db/workers.ts';
import type { ApiDeps } from '../deps.ts';

export const healthRoutes: FastifyPluginAsyncTypebox<ApiDeps> = async (app, deps) => {
  const tags = ['health'];

  app.get(
    '/healthz',
    {
      config: { access: 'public', rateLimit: false },
      schema: { tags, summary: 'The process answers', security: [], response: { 200: Health } },
    },
    async () => ({
      status: 'ok' as const,
    }),
  );

  app.get(
    '/readyz',
    {
      config: { access: 'public', rateLimit: false },
      schema: {
        tags,
        summary: 'Everything it needs answers, and what computes the DFL',
        security: [],
        response: { 200: Readiness, 503: Readiness },
      },
    },
    async (_request, reply) => {
      const checks = await deps.readiness();
      const own = deps.dflChoice();
      // Without its database the service is not ready, and still says so.
      const workers = await findWorkers(deps.database.client, deps.clock.now()).catch(() => []);
      const dfl = own ?? workers[0]?.dfl ?? null;
      if (dfl) checks.push({ name: 'dfl', ok: true, detail: `${dfl.chosen} on ${dfl.device}` });
      const ready = checks.every((check) => check.ok);
      return reply.code(ready ? 200 : 503).send({
        status: ready ? 'ready' : 'not-ready',
        checks,
        dfl,
        workers: workers.map((worker) => ({ id: worker.id, dfl: worker.dfl })),
      });
    },
  );
};
