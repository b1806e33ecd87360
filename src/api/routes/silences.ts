// Silences: what nobody is told of for a time, by whom and why.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import {
  type Matcher,
  Silence,
  SilenceCreate,
  SilenceListQuery,
  SilencePage,
  SilencePatch,
} from '../../contracts/alerts.ts';
import { limits } from '../../contracts/limits.ts';
import type { Principal } from '../../contracts/tokens.ts';
import { silenceStatus } from '../../domain/alerts/windows.ts';
import { reviewHeld } from '../../flows/alerts/rules-changed.ts';
import { findSilence, listSilences, type SilenceRow, saveSilence } from '../../platform/db/alert-rules.ts';
import type { Tx } from '../../platform/db/client.ts';
import { checkSpan, matcherProblems, missing } from '../check-alert-rules.ts';
import type { ApiDeps } from '../deps.ts';
import { answerOnce } from '../idempotent.ts';
import { principalOf } from '../plugins/auth.ts';
import { refuseProblems } from '../plugins/validation.ts';
import { IdempotencyHeaders, IdParams, NoContent, problems } from '../schemas.ts';

export const silenceRoutes: FastifyPluginAsyncTypebox<ApiDeps> = async (app, deps) => {
  const tags = ['alerts'];

  app.get(
    '/v1/silences',
    {
      config: { access: 'read' },
      schema: {
        tags,
        summary: 'List silences, the newest first',
        querystring: SilenceListQuery,
        response: { 200: SilencePage, ...problems() },
      },
    },
    async (request) => {
      const { cursor, limit = limits.defaultPageSize, status } = request.query;
      const now = deps.clock.now();
      const query = { cursor, limit, status, project: principalOf(request).project, now };
      return listSilences(deps.database.client, query, (row) => present(row, now));
    },
  );

  app.post(
    '/v1/silences',
    {
      config: { access: 'admin' },
      schema: {
        tags,
        summary: 'Silence alerts for a time; an incident that is unresolved at the end is told of then',
        headers: IdempotencyHeaders,
        body: SilenceCreate,
        response: { 201: Silence, ...problems('malformed_json', 'payload_too_large', 'idempotency_key_reused') },
      },
    },
    async (request, reply) => {
      const { matchers, reason, ...times } = request.body;
      refuseProblems(matcherProblems(matchers));
      const principal = principalOf(request);
      const now = deps.clock.now();
      const span = checkSpan(times, { startsAt: now });
      return answerOnce(deps, request, reply, async (tx) => {
        const row = await saveSilence(tx, deps.newId('sil'), {
          ...span,
          reason,
          matchers: confine(principal, matchers),
          author: principal.name,
          project: principal.project,
        });
        return { status: 201, body: present(row, now) };
      });
    },
  );

  app.patch(
    '/v1/silences/:id',
    {
      config: { access: 'admin' },
      schema: {
        tags,
        summary: 'Change a silence',
        params: IdParams,
        body: SilencePatch,
        response: { 200: Silence, ...problems('malformed_json', 'not_found', 'payload_too_large') },
      },
    },
    async (request) => {
      const { matchers, reason, ...times } = request.body;
      refuseProblems(matcherProblems(matchers ?? []));
      const principal = principalOf(request);
      const now = deps.clock.now();
      return deps.database.transaction(async (tx) => {
        const before = await findOwn(tx, principal, request.params.id);
        const row = await saveSilence(tx, before.id, {
          ...checkSpan(times, before),
          author: before.author,
          project: before.project,
          reason: reason ?? before.reason,
          matchers: matchers ? confine(principal, matchers) : (before.matchers as unknown as Matcher[]),
        });
        await reviewHeld(tx, now);
        return present(row, now);
      });
    },
  );

  app.delete(
    '/v1/silences/:id',
    {
      config: { access: 'admin' },
      schema: {
        tags,
        summary: 'End a silence now; it stays in the list',
        params: IdParams,
        response: { 204: NoContent, ...problems('not_found') },
      },
    },
    async (request, reply) => {
      const now = deps.clock.now();
      await deps.database.transaction(async (tx) => {
        const { id, matchers, startsAt, endsAt, ...row } = await findOwn(tx, principalOf(request), request.params.id);
        const end = endsAt < now ? endsAt : now;
        const span = { startsAt: startsAt < end ? startsAt : end, endsAt: end };
        await saveSilence(tx, id, { ...row, ...span, matchers: matchers as unknown as Matcher[] });
        await reviewHeld(tx, now);
      });
      return reply.code(204).send(null);
    },
  );
};

/** A token of one project changes its project's silences. */
async function findOwn(tx: Tx, principal: Principal, id: string): Promise<SilenceRow> {
  const row = await findSilence(tx, id);
  if (row && (principal.project === null || row.project === principal.project)) return row;
  throw missing('silence', id);
}

/** A token of one project silences that project alone. */
function confine({ project }: Principal, matchers: Matcher[]): Matcher[] {
  const own = matchers.some(({ label, op, value }) => label === 'project' && op === '=' && value === project);
  return project === null || own ? matchers : [...matchers, { label: 'project', op: '=', value: project }];
}

function present(row: SilenceRow, now: Date): Silence {
  return {
    id: row.id,
    matchers: row.matchers as unknown as Matcher[],
    author: row.author,
    reason: row.reason,
    starts_at: row.startsAt.toISOString(),
    ends_at: row.endsAt.toISOString(),
    status: silenceStatus(row, now),
  };
}
