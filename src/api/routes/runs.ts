// Runs: create or join, list, read, change, heartbeat.

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { PublicError } from '../../contracts/errors.ts';
import { limits } from '../../contracts/limits.ts';
import { Heartbeat, RunAnswer, RunCreate, RunListQuery, RunPage, RunPatch } from '../../contracts/runs.ts';
import type { Principal } from '../../contracts/tokens.ts';
import { type EnvironmentContext, warnOfEnvironment } from '../../domain/remedies/known-bad-environments.ts';
import { closeLogSource } from '../../flows/observations.ts';
import { laneOf } from '../../flows/points/lanes.ts';
import type { Tx } from '../../platform/db/client.ts';
import { listLogSources } from '../../platform/db/logs.ts';
import {
  countOpenIncidents,
  findRun,
  listRuns,
  noteHeartbeat,
  patchRun,
  presentRun,
  type RunRow,
  upsertRun,
} from '../../platform/db/runs.ts';
import type { ApiDeps } from '../deps.ts';
import { answerOnce, nudgeDiagnosis } from '../idempotent.ts';
import { parseLocale } from '../locale.ts';
import { confineProject, principalOf } from '../plugins/auth.ts';
import { findRunOfCaller, mayShare } from '../runs-of-caller.ts';
import { IdempotencyHeaders, NoContent, problems, RunParams } from '../schemas.ts';

const defaultProject = 'default';

export const runRoutes: FastifyPluginAsyncTypebox<ApiDeps> = async (app, deps) => {
  const tags = ['runs'];

  const present = async (tx: Tx, row: RunRow, request: FastifyRequest) => ({
    ...presentRun(row, (await countOpenIncidents(tx, [row.id])).get(row.id) ?? 0),
    warnings: warnOfEnvironment(environmentOf(row), deps.catalog, parseLocale(request.headers['accept-language'])),
  });

  app.post(
    '/v1/runs',
    {
      config: { access: 'ingest' },
      schema: {
        tags,
        summary: 'Create a run, or join the run that has the id',
        headers: IdempotencyHeaders,
        body: RunCreate,
        response: {
          200: RunAnswer,
          201: RunAnswer,
          ...problems('malformed_json', 'conflict', 'payload_too_large', 'idempotency_key_reused'),
        },
      },
    },
    async (request, reply) =>
      answerOnce(deps, request, reply, async (tx) => {
        const id = request.body.id ?? deps.newId('run');
        const project = await projectOfNewRun(tx, principalOf(request), id, request.body.project);
        const { row, created } = await upsertRun(tx, { ...request.body, id, project }, deps.clock.now());
        if (row.project !== project) throw takenElsewhere(id);
        return {
          status: created ? 201 : 200,
          body: await present(tx, row, request),
          ...(created ? {} : { nudges: nudgeDiagnosis(id) }),
        };
      }),
  );

  app.get(
    '/v1/runs',
    {
      config: { access: 'read' },
      schema: {
        tags,
        summary: 'List runs, the last heard of first',
        querystring: RunListQuery,
        response: { 200: RunPage, ...problems() },
      },
    },
    async (request) => {
      const { limit = limits.defaultPageSize, ids, ...filter } = request.query;
      return listRuns(deps.database.client, {
        ...filter,
        ids: ids?.split(','),
        limit,
        project: confineProject(principalOf(request), filter.project),
      });
    },
  );

  app.get(
    '/v1/runs/:id',
    {
      config: { access: 'read' },
      schema: {
        tags,
        summary: 'Read a run',
        params: RunParams,
        response: { 200: RunAnswer, ...problems('not_found') },
      },
    },
    async (request) =>
      present(
        deps.database.client,
        await findRunOfCaller(deps.database.client, principalOf(request), request.params.id),
        request,
      ),
  );

  app.patch(
    '/v1/runs/:id',
    {
      config: { access: 'ingest' },
      schema: {
        tags,
        summary: 'Change a run; finished and failed end its console output',
        params: RunParams,
        body: RunPatch,
        response: { 200: RunAnswer, ...problems('malformed_json', 'not_found', 'payload_too_large') },
      },
    },
    async (request) => {
      const { id } = request.params;
      const now = deps.clock.now();
      const body = await deps.database.transaction(async (tx) => {
        await findRunOfCaller(tx, principalOf(request), id);
        const row = await patchRun(tx, id, request.body, now);
        if (row.status === 'finished' || row.status === 'failed') await closeLogSources(tx, deps, id, now);
        return present(tx, row, request);
      });
      deps.nudge('detect-anomalies', { lane: laneOf(id) });
      deps.nudge('diagnose-run', { runId: id });
      return body;
    },
  );

  app.post(
    '/v1/runs/:id/heartbeat',
    {
      config: { access: 'ingest', emptyBody: true },
      preValidation: async (request) => {
        request.body ??= {};
      },
      schema: {
        tags,
        summary: 'Say that a run is alive',
        headers: IdempotencyHeaders,
        params: RunParams,
        body: Heartbeat,
        response: { 204: NoContent, ...problems('malformed_json', 'not_found', 'idempotency_key_reused') },
      },
    },
    async (request, reply) =>
      answerOnce(deps, request, reply, async (tx) => {
        const { id } = request.params;
        const { step, phase, expect_next_in_s: seconds } = request.body;
        await findRunOfCaller(tx, principalOf(request), id);
        const now = deps.clock.now();
        const expectNextAt = seconds === undefined ? null : new Date(now.getTime() + seconds * 1000);
        await noteHeartbeat(tx, id, { now, step, phase, expectNextAt });
        return { status: 204, body: null };
      }),
  );
};

function environmentOf({ framework, device, environment, worldSize }: RunRow): EnvironmentContext {
  return {
    framework: framework as EnvironmentContext['framework'],
    device,
    environment: environment as EnvironmentContext['environment'],
    worldSize,
  };
}

/** The project a run is created or joined in: the body's, else the token's, else the run's own, else `default`. */
async function projectOfNewRun(tx: Tx, principal: Principal, id: string, asked: string | undefined): Promise<string> {
  if (asked !== undefined && !mayShare(principal, asked)) {
    throw new PublicError(
      'forbidden',
      `This token belongs to the project ${principal.project}; it cannot create runs in ${asked}.`,
    );
  }
  return asked ?? principal.project ?? (await findRun(tx, id))?.project ?? defaultProject;
}

function takenElsewhere(id: string): PublicError {
  const message = 'is taken by a run of another project; choose another id';
  return new PublicError('conflict', `The id ${id} ${message}.`, { errors: [{ path: '/id', message }] });
}

async function closeLogSources(tx: Tx, deps: ApiDeps, runId: string, now: Date): Promise<void> {
  for (const source of await listLogSources(tx, runId)) {
    await closeLogSource(tx, { runId, source, now, newId: deps.newId, formats: deps.catalog.formats });
  }
}
