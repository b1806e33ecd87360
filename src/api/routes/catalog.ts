// The catalogue of failure classes.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { LocalizedText } from '../../contracts/catalog-fields.ts';
import { FailureClassList } from '../../contracts/diagnosis.ts';
import { fillTemplate } from '../../domain/diagnosis/fill-template.ts';
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
      // No failure has happened: what a text tells of one keeps its fallback.
      const say = (text: LocalizedText) => fillTemplate(text[locale], {});
      const items = [...deps.catalog.failures.values()].map(({ id, severity, knowledge }) => ({
        id,
        severity,
        title: say(knowledge.title),
        summary: say(knowledge.summary),
        causes: knowledge.causes.map((cause) => ({ id: cause.id, title: say(cause.title) })),
        remediations: knowledge.remediations.map((remediation) => ({
          id: remediation.id,
          title: say(remediation.title),
        })),
      }));
      return { items };
    },
  );
};
