import type { TSchema } from 'typebox';
import type { JobName, JobPayload } from '../../contracts/jobs.ts';

/** How one job is run (contracts/jobs.ts). */
export interface JobSettings {
  payload: TSchema;
  attempts: number;
  backoffMs: readonly number[];
  /** Share of the delay by which it varies either way. */
  jitter: number;
  concurrency: number;
  dedupe: 'until-finished' | 'keep-last-if-active';
  /** Equal nudges of this time are one: the first is sent at once, of those that follow one at its end. 50 when left out. */
  nudgeGapMs?: number;
}
export type JobCatalogue = { readonly [N in JobName]: JobSettings };

/** What jobs with the same payload share: the payload's ids. */
export function dedupeKey(payload: JobPayload<JobName>): string {
  const values = Object.values(payload);
  // BullMQ keeps the colon for itself.
  return values.length === 0 ? 'only' : values.join('|').replaceAll(':', '%3A');
}

/** Delay before the next attempt in ms; `attemptsMade` counts the attempts so far, from 1; `random` is uniform in [0, 1). */
export function backoffDelayMs(
  { backoffMs, jitter }: Pick<JobSettings, 'backoffMs' | 'jitter'>,
  attemptsMade: number,
  random: number,
): number {
  const base = backoffMs[Math.min(attemptsMade, backoffMs.length) - 1] ?? 0;
  return Math.round(base * (1 + jitter * (2 * random - 1)));
}
