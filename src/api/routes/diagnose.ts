// A diagnosis of a pasted text; nothing is stored.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { DiagnoseRequest, DiagnosisAnswer } from '../../contracts/diagnosis.ts';
import { limits } from '../../contracts/limits.ts';
import { refuseTooManyLines } from '../../domain/observations/text-problems.ts';
import { diagnoseText } from '../../flows/diagnose-text.ts';
import { readOutcomes } from '../../flows/incident-records.ts';
import type { ApiDeps } from '../deps.ts';
import { speakTo } from '../locale.ts';
import { readPlainText } from '../plain-text.ts';
import { allowRawBody } from '../plugins/json-body.ts';
import { bodyOf, LanguageHeaders, problems, RawBody } from '../schemas.ts';

export const diagnoseRoutes: FastifyPluginAsyncTypebox<ApiDeps> = async (app, deps) => {
  allowRawBody(app, 'text/plain');

  app.post(
    '/v1/diagnose',
    {
      config: { access: 'read', accepts: ['application/json', 'text/plain'] },
      bodyLimit: limits.diagnoseBytes,
      schema: {
        tags: ['diagnosis'],
        summary: 'Diagnose a text',
        headers: LanguageHeaders,
        body: bodyOf({ 'application/json': DiagnoseRequest, 'text/plain': RawBody('A traceback or a log, UTF-8') }),
        response: {
          200: DiagnosisAnswer,
          ...problems('malformed_json', 'invalid_text', 'payload_too_large', 'unsupported_media_type'),
        },
      },
    },
    async (request, reply) => {
      const body: unknown = request.body;
      const asked =
        body === undefined || Buffer.isBuffer(body)
          ? { text: readPlainText(body, 'the text to diagnose') }
          : (body as DiagnoseRequest);
      refuseTooManyLines(asked.text, limits.diagnoseLines, Buffer.isBuffer(body) ? 'body' : '/text');
      const locale = speakTo(request, reply);
      const outcomes = await readOutcomes(deps.database.client, null);
      return diagnoseText(asked, { catalog: deps.catalog, locale, outcomes });
    },
  );
};
