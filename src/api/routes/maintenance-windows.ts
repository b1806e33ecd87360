// Maintenance windows: planned times, once or again and again, in which nobody is told.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import {
  AlertListQuery,
  MaintenanceWindow,
  MaintenanceWindowCreate,
  MaintenanceWindowPage,
  MaintenanceWindowPatch,
  type Matcher,
  type Repeat,
} from '../../contracts/alerts.ts';
import { limits } from '../../contracts/limits.ts';
import { windowOpenUntil } from '../../domain/alerts/windows.ts';
import { reviewHeld } from '../../flows/alerts/rules-changed.ts';
import {
  findWindow,
  listWindows,
  type MaintenanceWindowRow,
  removeWindow,
  saveWindow,
  type WindowFields,
} from '../../platform/db/alert-rules.ts';
import { checkSpan, matcherProblems, missing, refuseProjectToken, repeatProblems } from '../check-alert-rules.ts';
import type { ApiDeps } from '../deps.ts';
import { answerOnce } from '../idempotent.ts';
import { principalOf } from '../plugins/auth.ts';
import { refuseProblems } from '../plugins/validation.ts';
import { IdempotencyHeaders, IdParams, NoContent, problems } from '../schemas.ts';

export const maintenanceWindowRoutes: FastifyPluginAsyncTypebox<ApiDeps> = async (app, deps) => {
  const tags = ['alerts'];

  app.get(
    '/v1/maintenance-windows',
    {
      config: { access: 'read' },
      schema: {
        tags,
        summary: 'List maintenance windows',
        querystring: AlertListQuery,
        response: { 200: MaintenanceWindowPage, ...problems() },
      },
    },
    async (request) => {
      refuseProjectToken(principalOf(request));
      const { cursor, limit = limits.defaultPageSize } = request.query;
      const now = deps.clock.now();
      return listWindows(deps.database.client, { cursor, limit }, (row) => present(row, now));
    },
  );

  app.post(
    '/v1/maintenance-windows',
    {
      config: { access: 'admin' },
      schema: {
        tags,
        summary: 'Add a maintenance window, once or repeated daily or weekly at the same local time',
        headers: IdempotencyHeaders,
        body: MaintenanceWindowCreate,
        response: {
          201: MaintenanceWindow,
          ...problems('malformed_json', 'payload_too_large', 'idempotency_key_reused'),
        },
      },
    },
    async (request, reply) => {
      refuseProjectToken(principalOf(request));
      const { name, matchers = [], repeat = null, ...times } = request.body;
      const fields = check({ name, matchers, repeat, ...checkSpan(times, {}) });
      return answerOnce(deps, request, reply, async (tx) => {
        const row = await saveWindow(tx, deps.newId('mwd'), fields);
        return { status: 201, body: present(row, deps.clock.now()) };
      });
    },
  );

  app.patch(
    '/v1/maintenance-windows/:id',
    {
      config: { access: 'admin' },
      schema: {
        tags,
        summary: 'Change a maintenance window',
        params: IdParams,
        body: MaintenanceWindowPatch,
        response: { 200: MaintenanceWindow, ...problems('malformed_json', 'not_found', 'payload_too_large') },
      },
    },
    async (request) => {
      refuseProjectToken(principalOf(request));
      const { id } = request.params;
      const { name, matchers, repeat, ...times } = request.body;
      const now = deps.clock.now();
      return deps.database.transaction(async (tx) => {
        const before = await findWindow(tx, id);
        if (!before) throw missing('maintenance window', id);
        const fields = check({
          name: name ?? before.name,
          matchers: matchers ?? (before.matchers as unknown as Matcher[]),
          repeat: repeat === undefined ? (before.repeat as Repeat | null) : repeat,
          ...checkSpan(times, before),
        });
        const row = await saveWindow(tx, id, fields);
        await reviewHeld(tx, now);
        return present(row, now);
      });
    },
  );

  app.delete(
    '/v1/maintenance-windows/:id',
    {
      config: { access: 'admin' },
      schema: {
        tags,
        summary: 'Remove a maintenance window',
        params: IdParams,
        response: { 204: NoContent, ...problems('not_found') },
      },
    },
    async (request, reply) => {
      refuseProjectToken(principalOf(request));
      await deps.database.transaction(async (tx) => {
        if (!(await removeWindow(tx, request.params.id))) throw missing('maintenance window', request.params.id);
        await reviewHeld(tx, deps.clock.now());
      });
      return reply.code(204).send(null);
    },
  );
};

function check(fields: WindowFields): WindowFields {
  refuseProblems([...matcherProblems(fields.matchers), ...repeatProblems(fields.repeat, fields)]);
  return fields;
}

function present(row: MaintenanceWindowRow, now: Date): MaintenanceWindow {
  const matchers = row.matchers as unknown as Matcher[];
  const repeat = row.repeat as Repeat | null;
  return {
    id: row.id,
    name: row.name,
    matchers,
    repeat,
    starts_at: row.startsAt.toISOString(),
    ends_at: row.endsAt.toISOString(),
    active: windowOpenUntil({ ...row, matchers, repeat }, now) !== null,
  };
}
