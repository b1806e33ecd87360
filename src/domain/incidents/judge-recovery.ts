// Whether a failure is over because its runs went on without it: pure. Only classes whose failure.yaml says how may recover; a run that
// crashed of the rest and was started again proves nothing.
import type { CatalogFailure } from '../../contracts/catalog.ts';
import type { Recovery } from './transitions/on-its-own.ts';

/** A run of the incident as it stands now. */
export interface RecoveringRun {
  runId: string;
  /** The incident that holds its part. */
  home: string;
  /** Of the run: running, finished, failed, stalled. */
  status: string;
  lastStep: number | null;
  /** Step of the last occurrence. */
  failedAt: number | null;
  /** Step at which the failure was first seen to be over; null when it had not been. */
  clearStep: number | null;
  /** A detector says that the condition still holds, or that it has not yet settled. */
  isOngoing: boolean;
  /** Nothing observed of the run waits for its diagnosis. */
  isSettled: boolean;
  /** It was a silence that Losswatch noticed itself. */
  wasSilent: boolean;
}

export interface RecoveryVerdict {
  recovery: Recovery | null;
  /** Clear steps that changed, to be kept until the next look. */
  clearSteps: { runId: string; home: string; clearStep: number | null }[];
}

/** Every run must have recovered, each in its own way; what is told is the slowest of them. */
export function judgeRecovery(policy: CatalogFailure['recovery'], runs: readonly RecoveringRun[]): RecoveryVerdict {
  if (!policy || runs.length === 0) return { recovery: null, clearSteps: [] };
  const judged = runs.map((run) => ({ run, clearStep: clearStepOf(run) }));
  const clearSteps = judged
    .filter(({ run, clearStep }) => clearStep !== run.clearStep)
    .map(({ run, clearStep }) => ({ runId: run.runId, home: run.home, clearStep }));
  const outcomes = judged.map(({ run, clearStep }) => outcomeOf(policy, run, clearStep));
  if (outcomes.includes(null)) return { recovery: null, clearSteps };
  const steps = outcomes.flatMap((outcome) => (outcome?.reason === 'recovered' ? [outcome.steps] : []));
  const reason = slowest.find((candidate) => outcomes.some((outcome) => outcome?.reason === candidate)) ?? 'finished';
  return {
    recovery: {
      reason,
      runs: [...new Set(runs.map(({ runId }) => runId))],
      steps: steps.length > 0 ? Math.min(...steps) : null,
    },
    clearSteps,
  };
}

const slowest: Recovery['reason'][] = ['recovered', 'finished', 'heard-again'];

/** The run's step when the failure was first seen to be over; it counts from the start again when the condition returns. */
function clearStepOf({ isOngoing, clearStep, lastStep, failedAt }: RecoveringRun): number | null {
  if (isOngoing || lastStep === null) return null;
  if (clearStep !== null && clearStep >= (failedAt ?? 0)) return clearStep;
  return lastStep;
}

function outcomeOf(
  policy: NonNullable<CatalogFailure['recovery']>,
  run: RecoveringRun,
  clearStep: number | null,
): { reason: Recovery['reason']; steps: number } | null {
  if (policy.on_sign_of_life && run.wasSilent)
    return run.status === 'stalled' ? null : { reason: 'heard-again', steps: 0 };
  if (run.isOngoing || !run.isSettled) return null;
  if (policy.on_finish && run.status === 'finished') return { reason: 'finished', steps: 0 };
  if (policy.after_steps === undefined || clearStep === null || run.lastStep === null) return null;
  const isAlive = run.status === 'running' || run.status === 'finished';
  const steps = run.lastStep - clearStep;
  return isAlive && steps >= policy.after_steps ? { reason: 'recovered', steps } : null;
}
