// The catalogue of failure classes.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { FailureClassList } from '../../contracts/diagnosis.ts';
import type { ApiDeps } from '../deps.ts';
import { speakTo } from '../locale.ts';
import { LanguageHeaders, problems } from '../schemas.ts';

export const catalogRoutes: FastifyPluginAsyncTypebox<ApiDeps> = async (app, deps) => {
  app.get(
    '/v1/failure-classes',
    {
      config: { access: 'read' },
      schema: {
        tags: ['diagnosis'],
        summary: 'The failure classes with their causes and remediations',
        headers: LanguageHeaders,
        response: { 200: FailureClassList, ...problems() },
      },
    },
    async (request, reply) => {
      const locale = speakTo(request, reply);
      const items = [...deps.catalog.failures.values()].map(({ id, severity, knowledge }) => ({
        id,
        severity,
        title: knowledge.title[locale],
        summary: knowledge.summary[locale],
        causes: knowledge.causes.map((cause) => ({ id: cause.id, title: cause.title[locale] })),
        remediations: knowledge.remediations.map((remediation) => ({
          id: remediation.id,
          title: remediation.title[locale],
        })),
      }));
      return { items };
    },
  );
};
