// Raw console output in, in chunks cut anywhere; its lines out.

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { PublicError } from '../../contracts/errors.ts';
import { limits } from '../../contracts/limits.ts';
import { LogPage, LogQuery, LogReceipt, LogSearchQuery } from '../../contracts/runs.ts';
import { lastWordsDelayMs, storeLogChunk } from '../../flows/observations.ts';
import { laneOf } from '../../flows/points/lanes.ts';
import { describeSources, type LogPlace, searchLogs } from '../../flows/search-logs.ts';
import type { Tx } from '../../platform/db/client.ts';
import { findChunkOfLine, readLogSources } from '../../platform/db/logs.ts';
import { decodeCursor, encodeCursor } from '../../platform/db/page.ts';
import type { ApiDeps } from '../deps.ts';
import { answerOnce } from '../idempotent.ts';
import { principalOf } from '../plugins/auth.ts';
import { allowRawBody } from '../plugins/json-body.ts';
import { findRunOfCaller } from '../runs-of-caller.ts';
import { bodyOf, IdempotencyHeaders, problems, RawBody, RunParams } from '../schemas.ts';

const defaultSource = 'console';

export const logRoutes: FastifyPluginAsyncTypebox<ApiDeps> = async (app, deps) => {
  app.removeContentTypeParser('application/json');
  allowRawBody(app, 'text/plain');

  app.post(
    '/v1/runs/:id/logs',
    {
      config: { access: 'ingest', accepts: ['text/plain'] },
      bodyLimit: limits.logChunkBytes,
      schema: {
        tags: ['observations'],
        summary: 'Push raw console output; lines and tracebacks may be cut by chunks',
        headers: IdempotencyHeaders,
        params: RunParams,
        querystring: LogQuery,
        body: bodyOf({ 'text/plain': RawBody('Console output, UTF-8') }),
        response: {
          202: LogReceipt,
          ...problems(
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
      const { id: runId } = request.params;
      const source = request.query.source ?? defaultSource;
      const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      return answerOnce(deps, request, reply, async (tx) => {
        await findRunOfCaller(tx, principalOf(request), runId);
        const { owesDiagnosis, lastWords, ...receipt } = await storeLogChunk(tx, {
          runId,
          source,
          bytes,
          now: deps.clock.now(),
          newId: deps.newId,
          formats: deps.catalog.formats,
        });
        return {
          status: 202,
          body: receipt,
          nudges: (nudge) => {
            if (receipt.points > 0) nudge('detect-anomalies', { lane: laneOf(runId) });
            if (owesDiagnosis) nudge('diagnose-run', { runId });
            if (lastWords) nudge('read-last-words', { runId, source }, { delayMs: lastWordsDelayMs[lastWords] });
          },
        };
      });
    },
  );

  app.get(
    '/v1/runs/:id/logs',
    {
      config: { access: 'read' },
      schema: {
        tags: ['observations'],
        summary: 'Search the console output line by line; count the lines that nothing was read from',
        description:
          'Lines come in the order of their arrival. A page may hold fewer lines than the limit and still have a next one, as a request looks through 8 MiB.',
        params: RunParams,
        querystring: LogSearchQuery,
        response: { 200: LogPage, ...problems('not_found') },
      },
    },
    async (request) => {
      const { source, q, unparsed, line, cursor, limit = limits.defaultPageSize } = request.query;
      const { client } = deps.database;
      const run = await findRunOfCaller(client, principalOf(request), request.params.id);
      const from = placeOf(cursor) ?? (line === undefined ? null : await placeOfLine(client, run.id, source, line));
      const search = { runId: run.id, source: source ?? null, q: q || null, onlyUnparsed: unparsed === 'true', limit };
      const { items, next } = await searchLogs(client, search, from);
      const sources = describeSources(await readLogSources(client, run.id), deps.catalog.formats);
      return { items, next_cursor: next && encodeCursor([next.chunk, next.line]), sources };
    },
  );
};

async function placeOfLine(tx: Tx, runId: string, source: string | undefined, line: number): Promise<LogPlace | null> {
  if (source === undefined) {
    throw new PublicError('invalid_request', 'A line is counted in its source; name the source too.', {
      errors: [{ path: 'query:source', message: 'is needed with line' }],
    });
  }
  const chunk = await findChunkOfLine(tx, { runId, source, line });
  return chunk && { chunk: chunk.id, line: line - chunk.firstLine };
}

function placeOf(cursor: string | undefined): LogPlace | null {
  const [chunk, line] = decodeCursor(cursor, 2) ?? [];
  return typeof chunk === 'number' && typeof line === 'number'
    ? { chunk: Math.max(0, chunk), line: Math.max(0, Math.trunc(line)) }
    : null;
}
