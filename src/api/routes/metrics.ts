// Metric points in, series out.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { PublicError } from '../../contracts/errors.ts';
import { limits } from '../../contracts/limits.ts';
import { MetricBatch, MetricReceipt, SeriesAnswer, SeriesQuery } from '../../contracts/runs.ts';
import { type CheckedPoint, checkPoint, type PointVerdict } from '../../domain/observations/check-point.ts';
import { decodeUtf8 } from '../../domain/observations/decode-utf8.ts';
import { invalidUtf8 } from '../../domain/observations/text-problems.ts';
import { laneOf } from '../../flows/points/lanes.ts';
import { readSeries, type Series } from '../../flows/points/read-series.ts';
import { encodeBatch } from '../../kernels/points/batch.ts';
import { coalesce } from '../../platform/coalesce.ts';
import { isDatabaseUnavailable } from '../../platform/db/client.ts';
import type { IdempotentRequest } from '../../platform/db/idempotency.ts';
import { insertBatches, type PushedBatch } from '../../platform/db/metric-batches.ts';
import type { ApiDeps } from '../deps.ts';
import { answerAgain, idempotencyKey } from '../idempotent.ts';
import { cleanJson } from '../json/clean-json.ts';
import { parseText } from '../json/parse-json.ts';
import { principalOf } from '../plugins/auth.ts';
import { allowRawBody } from '../plugins/json-body.ts';
import { findRunOfCaller, noSuchRun } from '../runs-of-caller.ts';
import { bodyOf, IdempotencyHeaders, problems, RawBody, RunParams } from '../schemas.ts';

const ndjson = 'application/x-ndjson';
/**
 * Statements shared by concurrent requests: each is answered after the commit of the one that holds it. One at a time, so that what comes
 * meanwhile goes together: a statement costs as much as four batches.
 */
const shared = { maxItems: 64, maxInFlight: 1, isCommon: isDatabaseUnavailable };

export const metricRoutes: FastifyPluginAsyncTypebox<ApiDeps> = async (app, deps) => {
  const tags = ['observations'];
  const store = coalesce((batches: PushedBatch[]) => insertBatches(deps.database.sql.query, batches), shared);
  allowRawBody(app, ndjson);

  app.post(
    '/v1/runs/:id/metrics',
    {
      config: { access: 'ingest', accepts: ['application/json', ndjson], judgesItems: true },
      bodyLimit: limits.metricsBodyBytes,
      schema: {
        tags,
        summary: 'Push metric points; a bad point is rejected by index and the others are kept',
        headers: IdempotencyHeaders,
        params: RunParams,
        body: bodyOf({ 'application/json': MetricBatch, [ndjson]: RawBody('One point per line') }),
        response: {
          202: MetricReceipt,
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
      const { id: runId } = request.params as { id: string };
      const key = idempotencyKey(request, request.bodySha256);
      const now = deps.clock.now();
      const { points, rejected } = judge(readPoints(request.body), now.getTime());
      const body = { accepted: points.length, rejected };
      const fate = await store({
        ...encodeBatch(points),
        runId,
        project: principalOf(request).project,
        receivedAt: now,
        key: key && { ...key, status: 202, answer: JSON.stringify(body) },
      });
      if (fate === 'no-run') throw noSuchRun(runId);
      if (fate === 'replayed') return answerAgain(deps, reply, key as IdempotentRequest);
      deps.nudge('detect-anomalies', { lane: laneOf(runId) });
      return reply.code(202).send(body);
    },
  );

  app.get(
    '/v1/runs/:id/metrics',
    {
      config: { access: 'read' },
      schema: {
        tags,
        summary: 'Read series; extremes and non-finite points survive downsampling',
        params: RunParams,
        querystring: SeriesQuery,
        response: { 200: SeriesAnswer, ...problems('not_found') },
      },
    },
    async (request, reply) => {
      const { names, from, to, rank, max_points: maxPoints = 1000 } = request.query;
      const run = await findRunOfCaller(deps.database.client, principalOf(request), request.params.id);
      const filter = {
        names: names === undefined || names === '' ? null : names.split(',').filter((name) => name !== ''),
        from: from ?? null,
        to: to ?? null,
        rank: rank ?? null,
        maxPoints,
      };
      const series = await deps.database.sql.snapshot((query) => readSeries(query, run.id, filter));
      return reply.type('application/json').serializer(printSeries).send({ series });
    },
  );
};

type Judged = { points: CheckedPoint[]; rejected: { index: number; reason: string }[] };

function judge(values: unknown[], now: number): Judged {
  const judged: Judged = { points: [], rejected: [] };
  let names: readonly string[] = [];
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    const verdict: PointVerdict =
      value instanceof PublicError ? { kind: 'rejected', reason: value.message } : checkPoint(value, now, names);
    if (verdict.kind === 'ok') {
      judged.points.push(verdict.point);
      names = verdict.point.names;
    } else judged.rejected.push({ index, reason: verdict.reason });
  }
  return judged;
}

/** The points of either form; a malformed NDJSON line is one point that is an error. */
function readPoints(body: unknown): unknown[] {
  if (!Buffer.isBuffer(body)) return (body as { points: unknown[] }).points;
  const decoded = decodeUtf8(body);
  if (decoded.kind === 'invalid') throw invalidUtf8(decoded.offset, 'NDJSON is UTF-8');
  const lines = decoded.text.split(/\r?\n/).filter((line) => line.trim() !== '');
  if (lines.length > limits.metricPointsPerRequest) {
    const message = `must not have more than ${limits.metricPointsPerRequest} points; this one has ${lines.length}`;
    throw new PublicError('invalid_request', `The body ${message}.`, { errors: [{ path: 'body', message }] });
  }
  return lines.map(readLine);
}

function readLine(line: string): unknown {
  try {
    return cleanJson(parseText(line), { maxDepth: limits.jsonDepth, itemsAreJudgedByRoute: true });
  } catch (error) {
    if (error instanceof PublicError) return error;
    throw error;
  }
}

/** JSON.stringify writes -0 as 0; a stored -0 is answered as -0.0, which Python reads as a float with its sign. */
function printSeries({ series }: { series: Series[] }): string {
  const items = series.map(({ values, ...rest }) => {
    const head = JSON.stringify(rest).slice(0, -1);
    return `${head},"values":[${values.map((value) => (Object.is(value, -0) ? '-0.0' : JSON.stringify(value))).join(',')}]}`;
  });
  return `{"series":[${items.join(',')}]}`;
}
