// A diagnosis of dropped tensors; nothing is stored.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Static } from 'typebox';
import { CaptureDiagnosis } from '../../contracts/analysis.ts';
import { CaptureDiagnosisQuery } from '../../contracts/diagnosis.ts';
import { PublicError } from '../../contracts/errors.ts';
import { limits } from '../../contracts/limits.ts';
import { diagnoseCapture } from '../../flows/diagnose-capture.ts';
import { readOutcomes } from '../../flows/incident-records.ts';
import { allowCaptures, captureBody, captureSource, captureTypes } from '../capture-body.ts';
import type { ApiDeps } from '../deps.ts';
import { speakTo } from '../locale.ts';
import { readCapture } from '../receive-capture.ts';
import { LanguageHeaders, problems } from '../schemas.ts';

/** How long a caller waits before it sends a capture again, when others fill the memory. */
const retryAfterSeconds = 2;

export const diagnoseCaptureRoutes: FastifyPluginAsyncTypebox<ApiDeps> = async (app, deps) => {
  const maxBytes = Math.min(limits.diagnosedCaptureBytes, deps.settings.maxCaptureBytes);
  let held = 0;
  allowCaptures(app);

  app.post(
    '/v1/diagnose/capture',
    {
      config: { access: 'read', accepts: captureTypes },
      bodyLimit: limits.captureJsonBytes,
      schema: {
        tags: ['diagnosis'],
        summary: 'Recompute and diagnose the tensors of one loss evaluation; nothing is stored',
        headers: LanguageHeaders,
        querystring: CaptureDiagnosisQuery,
        body: captureBody,
        response: {
          200: CaptureDiagnosis,
          ...problems(
            'malformed_json',
            'malformed_safetensors',
            'invalid_capture',
            'payload_too_large',
            'unsupported_media_type',
          ),
        },
      },
    },
    async (request, reply) => {
      const query = request.query as Static<typeof CaptureDiagnosisQuery>;
      const locale = speakTo(request, reply);
      if (held >= limits.diagnosedCaptures) throw overloaded();
      held += 1;
      try {
        const engine = await deps.dflEngine();
        const capture = await readCapture(captureSource(request, maxBytes), engine.allocate, maxBytes);
        try {
          const outcomes = await readOutcomes(deps.database.client, null);
          return await diagnoseCapture(capture, query, engine, { catalog: deps.catalog, locale, outcomes });
        } finally {
          capture.free();
        }
      } finally {
        held -= 1;
      }
    },
  );
};

function overloaded(): PublicError {
  return new PublicError(
    'overloaded',
    `${limits.diagnosedCaptures} captures are being diagnosed; send this one again in ${retryAfterSeconds} s.`,
    { retryAfterSeconds },
  );
}
