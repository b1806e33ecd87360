// Runs as a caller may see them: another project's run does not exist for it.
import { PublicError } from '../contracts/errors.ts';
import type { Principal } from '../contracts/tokens.ts';
import type { Tx } from '../platform/db/client.ts';
import { findRun, type RunRow } from '../platform/db/runs.ts';

/** @throws PublicError `not_found` when there is no such run, or when it is another project's. */
export async function findRunOfCaller(tx: Tx, principal: Principal, id: string): Promise<RunRow> {
  return requireRun(await findRun(tx, id), principal, id);
}

/** The run that was read for a caller. @throws PublicError `not_found` as findRunOfCaller. */
export function requireRun<R extends { project: string }>(run: R | null, principal: Principal, id: string): R {
  if (run && mayShare(principal, run.project)) return run;
  throw noSuchRun(id);
}

export function noSuchRun(id: string): PublicError {
  return new PublicError('not_found', `There is no run ${id}.`, {
    errors: [{ path: 'param:id', message: 'no such run' }],
  });
}

export function mayShare(principal: Principal, project: string): boolean {
  return principal.project === null || principal.project === project;
}
