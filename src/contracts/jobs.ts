import { type Static, Type } from 'typebox';

/** Of jobs that a schedule starts: the next start is the next attempt. */
const scheduled = {
  payload: Type.Object({}),
  attempts: 1,
  backoffMs: [],
  jitter: 0,
  concurrency: 1,
  dedupe: 'until-finished',
} as const;

/** Lanes of `detect-anomalies`. */
export const detectionLanes = 4;

/**
 * The job catalogue: the only place that holds attempts and back-off (law 4 of docs/architecture.md). A job is a nudge: it carries
 * ids only, its handler may run twice, and the sweeper enqueues again whatever the rows say is not done.
 */
export const jobCatalogue = {
  /**
   * Analyses captures until none waits. Attempts and delays are those of each capture, kept in its row, and of the job. API and sweeper wake
   * lane 0; a lane that finds more than it can take wakes the next, so that a backlog spreads over all workers.
   */
  'recompute-dfl': {
    payload: Type.Object({ lane: Type.Integer({ minimum: 0, maximum: 15 }) }),
    attempts: 5,
    backoffMs: [1_000, 5_000, 30_000, 120_000],
    jitter: 0.2,
    concurrency: 2,
    /** At most one active and one waiting with the same key: the waiting one sees whatever came meanwhile. */
    dedupe: 'keep-last-if-active',
    /** Every upload nudges; while captures come, a job goes on anyway. */
    nudgeGapMs: 250,
  },
  /**
   * Feeds new metric points to the detectors, until no run of the lane has any. Every run has its lane, so that its points are not looked at
   * twice, and many runs cost few jobs.
   */
  'detect-anomalies': {
    payload: Type.Object({ lane: Type.Integer({ minimum: 0, maximum: detectionLanes - 1 }) }),
    attempts: 5,
    backoffMs: [1_000, 5_000, 30_000, 120_000],
    jitter: 0.2,
    concurrency: 4,
    dedupe: 'keep-last-if-active',
    /** Every request of every run nudges; a job is worth more than one batch of each. */
    nudgeGapMs: 400,
  },
  /** Turns a run's findings and traces into diagnoses, and those into incidents and deliveries. */
  'diagnose-run': {
    payload: Type.Object({ runId: Type.String() }),
    attempts: 5,
    backoffMs: [1_000, 5_000, 30_000, 120_000],
    jitter: 0.2,
    concurrency: 4,
    dedupe: 'keep-last-if-active',
    /** Analyses and detections of a run that goes on nudge many times a second; each diagnosis reads all its evidence. */
    nudgeGapMs: 250,
  },
  /** Reads the traceback that a log source ended with, once it has been silent for a while; enqueued with that delay. */
  'read-last-words': {
    payload: Type.Object({ runId: Type.String(), source: Type.String() }),
    attempts: 3,
    backoffMs: [1_000, 5_000],
    jitter: 0.2,
    concurrency: 4,
    /** Jobs with the same key that have not finished count as one. */
    dedupe: 'until-finished',
  },
  /**
   * Sends one delivery; the schedule is the contract's (Webhooks). Each attempt is a job of its own, told apart by the delivery's turn, so
   * that one that waits can still be sent earlier. The attempts here are also those of a job that could not even ask the database.
   */
  deliver: {
    payload: Type.Object({ deliveryId: Type.String(), turn: Type.Optional(Type.Integer({ minimum: 0 })) }),
    attempts: 8,
    backoffMs: [5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 36_000_000],
    jitter: 0.2,
    concurrency: 32,
    dedupe: 'until-finished',
  },
  /** Finds runs that have stalled, and those that went on; runs on a schedule. */
  'watch-runs': scheduled,
  /** Tells of groups of alerts whose time has come; runs on a schedule. */
  'notify-groups': scheduled,
  /** Ends mutes whose time has passed, and incidents whose runs recovered; runs on a schedule. */
  'review-incidents': scheduled,
  /** Enqueues again what the rows say is not done; runs on a schedule. */
  'sweep-unfinished': scheduled,
  /** Moves metric points that the detectors have seen into compressed chunks, of runs that have many or have fallen silent; runs on a schedule. */
  'compact-points': scheduled,
  /** The same for all points, and gives their room back to the disk; runs once a day. */
  'tidy-points': scheduled,
  /** Removes expired idempotency keys and the tensors of old healthy captures; runs on a schedule. */
  'prune-expired': scheduled,
} as const;

export type JobName = keyof typeof jobCatalogue;
export const jobNames = Object.keys(jobCatalogue) as JobName[];
export type JobPayload<N extends JobName> = Static<(typeof jobCatalogue)[N]['payload']>;

/** Schedules of the jobs that nobody enqueues. */
export const jobSchedules: { job: JobName; everyMs: number }[] = [
  { job: 'sweep-unfinished', everyMs: 5_000 },
  { job: 'watch-runs', everyMs: 2_000 },
  { job: 'review-incidents', everyMs: 2_000 },
  { job: 'notify-groups', everyMs: 2_000 },
  { job: 'compact-points', everyMs: 5_000 },
  { job: 'tidy-points', everyMs: 86_400_000 },
  { job: 'prune-expired', everyMs: 3_600_000 },
];
