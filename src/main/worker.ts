// `npm run worker`: the job handlers alone, on DATABASE_URL and REDIS_URL; any number of them.

import { runWhenEntry, serveUntilStopped } from './run-program.ts';
import { openSharedCore } from './shared-core.ts';
import { startDflEngine, startWorkers } from './start-workers.ts';

export async function main(): Promise<void> {
  await serveUntilStopped(async () => {
    const core = await openSharedCore(process.env);
    const { host, port, publicUrl } = core.config;
    const dflEngine = await startDflEngine(core);
    await startWorkers(core, dflEngine, () => publicUrl ?? `http://${host}:${port}`);
    console.log('Losswatch worker is running');
    return { stop: () => core.lifecycle.stop('stop requested') };
  });
}

runWhenEntry(import.meta.url, main);
