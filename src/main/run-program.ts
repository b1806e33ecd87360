// How every program starts and ends: signals stop it cleanly with status 0, a failed start says why and exits with 1.
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const stopSignals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
/** A terminal and npm may both pass the same Ctrl-C on; only a signal after this time means "at once". */
const patienceMs = 5_000;

/** Resolves when the process is asked to stop; asked again later, it ends at once. */
function whenAskedToStop(): Promise<void> {
  return new Promise((resolve) => {
    let askedAt: number | null = null;
    for (const signal of stopSignals) {
      process.on(signal, () => {
        if (askedAt !== null && performance.now() - askedAt > patienceMs) process.exit(1);
        askedAt ??= performance.now();
        resolve();
      });
    }
    if (process.env.npm_lifecycle_event !== undefined) watchParent(resolve);
  });
}

/** A shell that npm started us through may die of a signal without passing it on: losing the parent is then the signal. */
function watchParent(onLost: () => void): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) onLost();
  }, 500).unref();
}

/** Runs a service until a signal comes, then stops it. A signal during the start takes effect as soon as the start is complete. */
export async function serveUntilStopped(start: () => Promise<{ stop(): Promise<void> }>): Promise<void> {
  const asked = whenAskedToStop();
  try {
    const service = await start();
    await asked;
    await service.stop();
    process.exit(0);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}

/** Calls `main` when the module is the program that Node was started with. */
export function runWhenEntry(moduleUrl: string, main: (args: string[]) => Promise<void>): void {
  const entry = process.argv[1];
  if (entry !== undefined && realpathSync(entry) === realpathSync(fileURLToPath(moduleUrl)))
    void main(process.argv.slice(2));
}
