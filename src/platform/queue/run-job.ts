// What surrounds every handler: the payload is checked, the time taken, errors are turned into what the queue understands.
import { type Job, UnrecoverableError } from 'bullmq';
import type { Logger } from 'pino';
import { Value } from 'typebox/value';
import type { JobName, JobPayload } from '../../contracts/jobs.ts';
import type { JobSettings } from './catalogue.ts';
import { PermanentError } from './errors.ts';

export interface JobContext {
  /** Attempts before this one. */
  attemptsMade: number;
  /** Aborted when the job's lock is lost: another worker has it by now. */
  signal: AbortSignal;
  logger: Logger;
}
export type JobHandler<N extends JobName> = (payload: JobPayload<N>, context: JobContext) => Promise<void>;
export type JobHandlers = { [N in JobName]: JobHandler<N> };

/** How one attempt ended; `failed` says whether the queue will try again. */
export interface JobOutcome {
  job: JobName;
  outcome: 'done' | 'failed';
  willRetry: boolean;
  durationMs: number;
}

export interface JobRun {
  name: JobName;
  settings: JobSettings;
  handler: JobHandler<JobName>;
  logger: Logger;
  onSettled: (outcome: JobOutcome) => void;
}

/** Runs one attempt. @throws what the handler threw; UnrecoverableError for a PermanentError or a payload that is not the catalogue's. */
export async function runJob(run: JobRun, job: Job, signal: AbortSignal): Promise<void> {
  const { name, settings } = run;
  const logger = run.logger.child({ job: name, jobId: job.id });
  const startedAt = performance.now();
  logger.debug({ attempt: job.attemptsMade + 1 }, 'job started');
  const settle = (outcome: JobOutcome['outcome'], willRetry: boolean) => {
    const durationMs = Math.round(performance.now() - startedAt);
    run.onSettled({ job: name, outcome, willRetry, durationMs });
    return durationMs;
  };
  try {
    if (!Value.Check(settings.payload, job.data))
      throw new PermanentError('the payload does not match the job catalogue');
    await run.handler(job.data as JobPayload<JobName>, { attemptsMade: job.attemptsMade, signal, logger });
    logger.debug({ durationMs: settle('done', false) }, 'job done');
  } catch (error) {
    const isPermanent = error instanceof PermanentError;
    const willRetry = !isPermanent && job.attemptsMade + 1 < settings.attempts;
    const durationMs = settle('failed', willRetry);
    logger[willRetry ? 'debug' : 'error']({ durationMs, willRetry, err: error }, 'job failed');
    if (isPermanent) throw new UnrecoverableError(error.message);
    throw error;
  }
}
