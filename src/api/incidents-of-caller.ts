// Incidents as a caller may see and change them: another project's incident does not exist for it.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PublicError } from '../contracts/errors.ts';
import type { Incident } from '../contracts/incidents.ts';
import type { IncidentRecord } from '../domain/incidents/types.ts';
import type { Editor } from '../flows/edit-incidents.ts';
import { loadStanding } from '../flows/incident-records.ts';
import type { IncidentContext } from '../flows/incidents.ts';
import { type ReaderView, readIncident } from '../flows/read-incidents.ts';
import type { Tx } from '../platform/db/client.ts';
import type { ApiDeps } from './deps.ts';
import { answerOnce, type Effect } from './idempotent.ts';
import { parseLocale } from './locale.ts';
import { principalOf } from './plugins/auth.ts';
import { mayShare } from './runs-of-caller.ts';

export function viewFor(deps: Pick<ApiDeps, 'catalog'>, request: FastifyRequest): ReaderView {
  return { catalog: deps.catalog, locale: parseLocale(request.headers['accept-language']) };
}

/** @throws PublicError `not_found` when there is no such incident, or when it is another project's. */
export async function readIncidentOfCaller(
  tx: Tx,
  deps: Pick<ApiDeps, 'catalog'>,
  request: FastifyRequest,
  id: string,
): Promise<Incident> {
  const incident = await readIncident(tx, id, viewFor(deps, request));
  if (incident && mayShare(principalOf(request), incident.project)) return incident;
  throw noSuchIncident(id);
}

/** The record that the id stands for. @throws PublicError `not_found` as readIncidentOfCaller. */
export async function findIncidentOfCaller(tx: Tx, request: FastifyRequest, id: string): Promise<IncidentRecord> {
  const record = await loadStanding(tx, id);
  if (record && mayShare(principalOf(request), record.project)) return record;
  throw noSuchIncident(id);
}

function noSuchIncident(id: string): PublicError {
  return new PublicError('not_found', `There is no incident ${id}.`, {
    errors: [{ path: 'param:id', message: 'no such incident' }],
  });
}

export function editorOf(request: FastifyRequest): Editor {
  const { name, project } = principalOf(request);
  return { name, project };
}

export function editingContext(deps: ApiDeps): IncidentContext {
  const { catalog, clock, newId, settings } = deps;
  return { catalog, now: clock.now(), newId, publicUrl: settings.publicUrl() };
}

/** Runs a change of `id` once per Idempotency-Key, nudges its deliveries, and answers the incident as it is afterwards. */
export async function answerChanged(
  deps: ApiDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  { id, status }: { id: string; status: 200 | 201 },
  change: (tx: Tx, editor: Editor, context: IncidentContext) => Promise<string[]>,
): Promise<FastifyReply> {
  return answerOnce(deps, request, reply, async (tx): Promise<Effect> => {
    const deliveryIds = await change(tx, editorOf(request), editingContext(deps));
    const body = await readIncidentOfCaller(tx, deps, request, id);
    return {
      status,
      body,
      nudges: (nudge) => {
        for (const deliveryId of deliveryIds) nudge('deliver', { deliveryId });
      },
    };
  });
}
