// What it means that a resolved failure is seen again: pure.
import type { ChangeReason } from '../../contracts/incidents.ts';
import { isSameScope, type RunScope } from './run-scope.ts';
import { type Resolution, systemActor } from './types.ts';

export interface Recurrence {
  /** When the latest evidence of the run arrived. */
  observedAt: Date;
  scope: RunScope;
  /** Nothing that a run gives can contain the fix: a device, a disk or a network has to be mended (failure.yaml `fixed_in: machine`). */
  isFixedInMachine: boolean;
}

export interface RecurrenceVerdict {
  regresses: boolean;
  reason: Extract<ChangeReason, 'seen-again' | 'unchanged-code' | 'late-evidence'>;
}

/**
 * Decision table, the first row that fits:
 * - what is told only now arrived before the resolution: no regression (`late-evidence`);
 * - Losswatch itself had resolved it because the run recovered, or the fix is not in the code: regression;
 * - the run names its code commit, and failed before the resolution with the same commit, dataset, framework and config: whatever
 *   fixed the failure is not in this run, so it does not show that the fix failed (`unchanged-code`, as Sentry's "resolved in the next release");
 * - otherwise: regression. When in doubt people are told.
 */
export function judgeRecurrence(resolution: Resolution, recurrence: Recurrence): RecurrenceVerdict {
  const { observedAt, scope, isFixedInMachine } = recurrence;
  if (observedAt < resolution.at) return { regresses: false, reason: 'late-evidence' };
  if (resolution.by === systemActor || isFixedInMachine || scope.commit === null)
    return { regresses: true, reason: 'seen-again' };
  const isUnchanged = resolution.scopes.some((broken) => isSameScope(broken, scope));
  return isUnchanged ? { regresses: false, reason: 'unchanged-code' } : { regresses: true, reason: 'seen-again' };
}
