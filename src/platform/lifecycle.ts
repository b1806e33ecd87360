// What was opened last is closed first. Every resource registers its own teardown; one that fails or hangs does not keep the others open.
import type { Logger } from 'pino';

const stepTimeoutMs = 10_000;

export interface Lifecycle {
  /** Registers a teardown; teardowns run in reverse order of registration. */
  onStop(name: string, stop: () => unknown): void;
  /** Runs every teardown once; later calls wait for the same stop. Never throws. */
  stop(reason: string): Promise<void>;
}

/** `timeoutMs` bounds each teardown. */
export function createLifecycle(logger: Logger, timeoutMs = stepTimeoutMs): Lifecycle {
  const steps: { name: string; stop: () => unknown }[] = [];
  let stopping: Promise<void> | null = null;

  async function drain(reason: string): Promise<void> {
    logger.info({ reason }, 'stopping');
    for (let step = steps.pop(); step; step = steps.pop()) {
      try {
        await within(timeoutMs, step.stop);
        logger.debug({ step: step.name }, 'stopped');
      } catch (error) {
        logger.error({ step: step.name, err: error }, 'could not be stopped cleanly');
      }
    }
    logger.info('stopped');
  }

  return {
    onStop(name, stop) {
      steps.push({ name, stop });
    },
    stop(reason) {
      stopping ??= drain(reason);
      return stopping;
    },
  };
}

async function within(timeoutMs: number, work: () => unknown): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([Promise.resolve().then(work), late]);
  } finally {
    clearTimeout(timer);
  }
}
