// How every program starts and ends: signals stop it cleanly with status 0, a failed start says why and exits with 1.
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Resolves when the process is asked to stop. */
export function untilStopped(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => resolve(signal));
  });
}

/** Runs a service until a signal comes, then stops it. A second signal ends the process at once. */
export async function serveUntilStopped(start: () => Promise<{ stop(): Promise<void> }>): Promise<void> {
  try {
    const service = await start();
    await untilStopped();
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1));
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
