// Captures: tensors in, their analysis out.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type Static, Type } from 'typebox';
import { CaptureDetail } from '../../contracts/analysis.ts';
import { CapturePage } from '../../contracts/capture.ts';
import { PageQuery } from '../../contracts/common.ts';
import { PublicError } from '../../contracts/errors.ts';
import { limits } from '../../contracts/limits.ts';
import { CaptureQuery, CaptureReceipt } from '../../contracts/runs.ts';
import { coalesce } from '../../platform/coalesce.ts';
import { insertCaptures, type NewCapture, readCaptureIntake } from '../../platform/db/capture-intake.ts';
import { findCapture, listCaptures, presentCapture } from '../../platform/db/captures.ts';
import { isDatabaseUnavailable } from '../../platform/db/client.ts';
import { queryWithin } from '../../platform/db/statements.ts';
import { allowCaptures, captureBody, captureSource, captureTypes } from '../capture-body.ts';
import type { ApiDeps } from '../deps.ts';
import { answerOnce, idempotencyKey } from '../idempotent.ts';
import { principalOf } from '../plugins/auth.ts';
import { receiveCapture } from '../receive-capture.ts';
import { findRunOfCaller, requireRun } from '../runs-of-caller.ts';
import { IdempotencyHeaders, ObjectId, problems, RunParams } from '../schemas.ts';

/** Statements shared by concurrent requests: each is answered after the commit of the one that holds it. */
const shared = { maxItems: 100, maxInFlight: 1, isCommon: isDatabaseUnavailable };
/** How long a caller waits before it sends a capture again, when too many are waiting. */
const overloadedRetrySeconds = 10;

const CaptureParams = Type.Object({ ...RunParams.properties, capture_id: ObjectId });

export const captureRoutes: FastifyPluginAsyncTypebox<ApiDeps> = async (app, deps) => {
  const tags = ['captures'];
  const { query } = deps.database.sql;
  const readIntake = coalesce((runIds: string[]) => readCaptureIntake(query, runIds, limits.pendingCaptures), shared);
  const insert = coalesce((captures: NewCapture[]) => insertCaptures(query, captures), shared);
  const nudgeLane = (nudge: ApiDeps['nudge']) => nudge('recompute-dfl', { lane: 0 });
  allowCaptures(app);

  app.post(
    '/v1/runs/:id/captures',
    {
      config: { access: 'ingest', accepts: captureTypes },
      bodyLimit: limits.captureJsonBytes,
      schema: {
        tags,
        summary: 'Push the tensors of one loss evaluation',
        headers: IdempotencyHeaders,
        params: RunParams,
        querystring: CaptureQuery,
        body: captureBody,
        response: {
          202: CaptureReceipt,
          ...problems(
            'malformed_json',
            'malformed_safetensors',
            'invalid_capture',
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
      const given = request.query as Static<typeof CaptureQuery>;
      const hasKey = idempotencyKey(request, '') !== null;
      const intake = await readIntake(runId);
      requireRun(intake.run, principalOf(request), runId);
      if (intake.pending >= limits.pendingCaptures) throw overloaded();
      const { maxCaptureBytes } = deps.settings;
      const received = await receiveCapture(captureSource(request, maxCaptureBytes), deps.blobs, maxCaptureBytes);
      const capture: NewCapture = {
        id: deps.newId('cap'),
        runId,
        step: given.step ?? received.shape.step,
        rank: given.rank ?? 0,
        ...received,
        receivedAt: deps.clock.now(),
      };
      if (!hasKey) {
        const body = receiptOf(await insert(capture), runId);
        nudgeLane(deps.nudge);
        return reply.code(202).send(body);
      }
      return answerOnce(
        deps,
        request,
        reply,
        async (tx) => {
          const [id = null] = await insertCaptures(queryWithin(tx), [capture]);
          return { status: 202, body: receiptOf(id, runId), nudges: nudgeLane };
        },
        received.sha256,
      );
    },
  );

  app.get(
    '/v1/runs/:id/captures',
    {
      config: { access: 'read' },
      schema: {
        tags,
        summary: 'List captures, the newest first',
        params: RunParams,
        querystring: Type.Object(PageQuery),
        response: { 200: CapturePage, ...problems('not_found') },
      },
    },
    async (request) => {
      const { cursor, limit = limits.defaultPageSize } = request.query;
      const run = await findRunOfCaller(deps.database.client, principalOf(request), request.params.id);
      return listCaptures(deps.database.client, run.id, { cursor, limit });
    },
  );

  app.get(
    '/v1/runs/:id/captures/:capture_id',
    {
      config: { access: 'read' },
      schema: {
        tags,
        summary: 'Read a capture with its analysis',
        params: CaptureParams,
        response: { 200: CaptureDetail, ...problems('not_found') },
      },
    },
    async (request) => {
      const run = await findRunOfCaller(deps.database.client, principalOf(request), request.params.id);
      const row = await findCapture(deps.database.client, request.params.capture_id);
      if (row?.runId !== run.id)
        throw new PublicError('not_found', `The run ${run.id} has no capture ${request.params.capture_id}.`);
      return presentCapture(row);
    },
  );
};

/** @throws PublicError `not_found` when the run went away while its capture came in. */
function receiptOf(captureId: string | null, runId: string): Static<typeof CaptureReceipt> {
  if (captureId === null) throw new PublicError('not_found', `There is no run ${runId}.`);
  return { capture_id: captureId };
}

function overloaded(): PublicError {
  return new PublicError(
    'overloaded',
    `${limits.pendingCaptures} captures wait for their analysis; send this one again later.`,
    { retryAfterSeconds: overloadedRetrySeconds },
  );
}
