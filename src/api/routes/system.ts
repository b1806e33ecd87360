// What works and what waits, for people who look after the service.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { System } from '../../contracts/health.ts';
import { limits } from '../../contracts/limits.ts';
import { countPendingCaptures } from '../../platform/db/captures.ts';
import { measureStorage } from '../../platform/db/service-counts.ts';
import { findWorkers } from '../../platform/db/workers.ts';
import type { ApiDeps } from '../deps.ts';

export const systemRoutes: FastifyPluginAsyncTypebox<ApiDeps> = async (app, deps) => {
  app.get(
    '/v1/system',
    {
      config: { access: 'read' },
      schema: {
        tags: ['health'],
        summary: 'Workers with what computes their DFL, queue depth, storage, and captures that wait',
        response: { 200: System },
      },
    },
    async (request) => {
      const { client } = deps.database;
      const [workers, pending, storage, queue] = await Promise.all([
        findWorkers(client, deps.clock.now()),
        countPendingCaptures(client),
        measureStorage(client),
        deps.queueDepth().catch((error) => {
          request.log.warn({ err: error }, 'the queue does not tell its depth');
          return null;
        }),
      ]);
      return { workers, queue, storage, captures: { pending, limit: limits.pendingCaptures } };
    },
  );
};
