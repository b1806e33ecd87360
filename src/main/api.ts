// `npm run api`: the HTTP API alone, on DATABASE_URL and REDIS_URL; any number of them.
import { openDflEngine } from '../kernels/dfl/choose-backend.ts';
import type { DflEngine } from '../kernels/dfl/engine.ts';
import { systemClock } from '../platform/clock.ts';
import { loadAdminToken } from './admin-token.ts';
import type { Core } from './core.ts';
import { runWhenEntry, serveUntilStopped } from './run-program.ts';
import { openSharedCore } from './shared-core.ts';
import { startApi } from './start-api.ts';

export async function main(): Promise<void> {
  await serveUntilStopped(async () => {
    const core = await openSharedCore(process.env);
    const admin = await loadAdminToken(core.config);
    if (admin.isNew) console.log(`admin token (shown once): ${admin.token}`);
    const { url } = await startApi(core, admin.token, { dflChoice: () => null, dflEngine: openOnDemand(core) });
    console.log(`Losswatch is listening on ${url}`);
    return { stop: () => core.lifecycle.stop('stop requested') };
  });
}

/** An engine on the cpu, opened at the first call and kept: captures that are only diagnosed are few and small. */
function openOnDemand({ lifecycle }: Core): () => Promise<DflEngine> {
  let opened: Promise<DflEngine> | null = null;
  return () => {
    opened ??= open().catch((error: unknown) => {
      opened = null;
      throw error;
    });
    return opened;
  };

  async function open(): Promise<DflEngine> {
    const engine = await openDflEngine('cpu', { now: systemClock.now });
    lifecycle.onStop('dfl engine', () => engine.close());
    return engine;
  }
}

runWhenEntry(import.meta.url, main);
