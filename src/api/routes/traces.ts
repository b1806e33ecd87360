// Traces as an excepthook or a person sends them, or as they were found in console output.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type Static, Type } from 'typebox';
import { PageQuery } from '../../contracts/common.ts';
import { PublicError } from '../../contracts/errors.ts';
import { limits } from '../../contracts/limits.ts';
import { CaptureQuery, TraceCreate, TraceReceipt } from '../../contracts/runs.ts';
import { TraceDetail, TracePage } from '../../contracts/traces.ts';
import { parseRequestTime, requestTimeRule } from '../../domain/observations/request-time.ts';
import { refuseTooManyLines } from '../../domain/observations/text-problems.ts';
import { diagnoseText } from '../../flows/diagnose-text.ts';
import { storeTrace } from '../../flows/observations.ts';
import { findTrace, listTraces } from '../../platform/db/traces.ts';
import type { ApiDeps } from '../deps.ts';
import { answerOnce, nudgeDiagnosis } from '../idempotent.ts';
import { readPlainText } from '../plain-text.ts';
import { principalOf } from '../plugins/auth.ts';
import { allowRawBody } from '../plugins/json-body.ts';
import { findRunOfCaller } from '../runs-of-caller.ts';
import { bodyOf, IdempotencyHeaders, ObjectId, problems, RawBody, RunParams } from '../schemas.ts';

/** Step and rank of a trace sent as plain text. */
const TraceQuery = Type.Object(CaptureQuery.properties);
const TraceParams = Type.Object({ ...RunParams.properties, trace_id: ObjectId });

export const traceRoutes: FastifyPluginAsyncTypebox<ApiDeps> = async (app, deps) => {
  allowRawBody(app, 'text/plain');

  app.post(
    '/v1/runs/:id/traces',
    {
      config: { access: 'ingest', accepts: ['application/json', 'text/plain'] },
      bodyLimit: limits.traceBytes,
      schema: {
        tags: ['observations'],
        summary: 'Push a traceback',
        headers: IdempotencyHeaders,
        params: RunParams,
        querystring: TraceQuery,
        body: bodyOf({ 'application/json': TraceCreate, 'text/plain': RawBody('The traceback, UTF-8') }),
        response: {
          202: TraceReceipt,
          ...problems(
            'malformed_json',
            'invalid_text',
            'not_found',
            'payload_too_large',
            'unsupported_media_type',
            'idempotency_key_reused',
          ),
        },
      },
    },
    async (request, reply) => {
      const { id: runId } = request.params as Static<typeof RunParams>;
      const query = request.query as Static<typeof TraceQuery>;
      const trace = readTrace(request.body);
      refuseTooManyLines(trace.text, limits.textLines, Buffer.isBuffer(request.body) ? 'body' : '/text');
      return answerOnce(deps, request, reply, async (tx) => {
        await findRunOfCaller(tx, principalOf(request), runId);
        const id = deps.newId('trc');
        await storeTrace(tx, {
          id,
          runId,
          text: trace.text,
          step: trace.step ?? query.step ?? null,
          rank: trace.rank ?? query.rank ?? null,
          host: trace.host ?? null,
          occurredAt: occurredAt(trace),
          now: deps.clock.now(),
          formats: deps.catalog.formats,
        });
        return { status: 202, body: { trace_id: id }, nudges: nudgeDiagnosis(runId) };
      });
    },
  );

  app.get(
    '/v1/runs/:id/traces',
    {
      config: { access: 'read' },
      schema: {
        tags: ['observations'],
        summary: 'List traces, the newest first',
        params: RunParams,
        querystring: Type.Object(PageQuery),
        response: { 200: TracePage, ...problems('not_found') },
      },
    },
    async (request) => {
      const { cursor, limit = limits.defaultPageSize } = request.query;
      const run = await findRunOfCaller(deps.database.client, principalOf(request), request.params.id);
      return listTraces(deps.database.client, run.id, { cursor, limit });
    },
  );

  app.get(
    '/v1/runs/:id/traces/:trace_id',
    {
      config: { access: 'read' },
      schema: {
        tags: ['observations'],
        summary: 'Read a trace: its text, its exception with frames, and the lines that tell what failed',
        params: TraceParams,
        response: { 200: TraceDetail, ...problems('not_found') },
      },
    },
    async (request) => {
      const { id, trace_id: traceId } = request.params;
      const run = await findRunOfCaller(deps.database.client, principalOf(request), id);
      const trace = await findTrace(deps.database.client, run.id, traceId);
      if (!trace) throw new PublicError('not_found', `The run ${run.id} has no trace ${traceId}.`);
      const view = { catalog: deps.catalog, locale: 'en' } as const;
      const { exception, matched } = diagnoseText({ text: trace.text }, view);
      return { ...trace.summary, text: trace.text, exception, matched };
    },
  );
};

function readTrace(body: unknown): TraceCreate {
  if (body !== undefined && !Buffer.isBuffer(body)) return body as TraceCreate;
  return { text: readPlainText(body, 'the traceback') };
}

function occurredAt(trace: TraceCreate): Date | null {
  if (trace.time === undefined) return null;
  const at = parseRequestTime(trace.time);
  if (at === null)
    throw new PublicError('invalid_request', `/time ${requestTimeRule}.`, {
      errors: [{ path: '/time', message: requestTimeRule }],
    });
  return at;
}
