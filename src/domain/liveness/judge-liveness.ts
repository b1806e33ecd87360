// Whether a run that says nothing has stalled. Pure: the rows come from the shell, and so does the time.

export interface RunSigns {
  status: string;
  /** Of the last heartbeat that named one: start, step, evaluation, checkpoint, or whatever the trainer calls it. */
  phase: string | null;
  /** Until when the last heartbeat asked for patience. */
  expectNextAt: Date | null;
  lastSeenAt: Date;
  /** Observations so far, and the longest silence between two of them while the run was alive, milliseconds. */
  heardCount: number;
  longestGapMs: number;
}

/** Why a run is given time until `deadline`: a promise of its own, what it did before, or what its phase usually takes. */
export type PatienceReason = 'promised' | 'learned' | 'starting' | 'evaluating' | 'saving' | 'unknown';

export interface Patience {
  reason: PatienceReason;
  deadline: Date;
  /** Time beyond what was promised or learned. */
  graceMs: number;
}

/** All in milliseconds unless said otherwise; stored with the finding. */
export const livenessDefaults = {
  /** After a promised time: this share of the promise, at least the least grace, at most the longest. */
  promise_share: 0.25,
  least_grace_ms: 5_000,
  longest_grace_ms: 300_000,
  /** A silence so many times as long as the longest before. */
  gap_factor: 4,
  least_patience_ms: 60_000,
  /** Gaps that must have been seen before they say what is usual. */
  learned_gaps: 10,
  /** SageMaker Debugger: StalledTrainingRule 1800 s, MaxInitializationTime 20 min. */
  unknown_patience_ms: 1_800_000,
  start_patience_ms: 1_200_000,
  /** Evaluation and checkpoints, when the trainer names its phase. */
  pause_patience_ms: 900_000,
};
export type LivenessThresholds = typeof livenessDefaults;

const phases: { reason: PatienceReason; words: RegExp }[] = [
  { reason: 'starting', words: /^(?:start|init|compil|warm|load|build)/i },
  { reason: 'evaluating', words: /eval|valid|test/i },
  { reason: 'saving', words: /checkpoint|ckpt|sav/i },
];

/**
 * Until when the run may be silent. `listeningSince`: before that nobody listened, so silence says nothing (a restart of the service).
 */
export function patienceWith(run: RunSigns, listeningSince: Date, t: LivenessThresholds = livenessDefaults): Patience {
  const heardAt = Math.max(run.lastSeenAt.getTime(), listeningSince.getTime());
  const promise = run.expectNextAt === null ? 0 : run.expectNextAt.getTime();
  if (promise > run.lastSeenAt.getTime()) {
    const promisedMs = promise - run.lastSeenAt.getTime();
    const graceMs = clamp(t.promise_share * promisedMs, t.least_grace_ms, t.longest_grace_ms);
    return { reason: 'promised', graceMs, deadline: new Date(Math.max(promise, listeningSince.getTime()) + graceMs) };
  }
  const learnedMs = Math.max(t.least_patience_ms, t.gap_factor * run.longestGapMs);
  const { reason, patienceMs } = usualPatience(run, learnedMs, t);
  return {
    reason,
    graceMs: patienceMs - Math.min(patienceMs, run.longestGapMs),
    deadline: new Date(heardAt + patienceMs),
  };
}

function usualPatience(run: RunSigns, learnedMs: number, t: LivenessThresholds) {
  const named = phases.find(({ words }) => run.phase !== null && words.test(run.phase))?.reason;
  if (named === 'starting') return { reason: named, patienceMs: Math.max(learnedMs, t.start_patience_ms) };
  if (named) return { reason: named, patienceMs: Math.max(learnedMs, t.pause_patience_ms) };
  if (run.heardCount === 0) return { reason: 'starting' as const, patienceMs: t.start_patience_ms };
  if (run.heardCount <= t.learned_gaps) return { reason: 'unknown' as const, patienceMs: t.unknown_patience_ms };
  return { reason: 'learned' as const, patienceMs: learnedMs };
}

/** The silence that is too long; null while the run is given time, has ended, or is known to have stalled. */
export function judgeLiveness(
  run: RunSigns,
  { now, listeningSince }: { now: Date; listeningSince: Date },
  thresholds: LivenessThresholds = livenessDefaults,
): Patience | null {
  if (run.status !== 'running') return null;
  const patience = patienceWith(run, listeningSince, thresholds);
  return now > patience.deadline ? patience : null;
}

function clamp(value: number, least: number, largest: number): number {
  return Math.min(Math.max(value, least), largest);
}
