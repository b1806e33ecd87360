// `npm run api`: the HTTP API alone, on DATABASE_URL and REDIS_URL; any number of them.
import { loadAdminToken } from './admin-token.ts';
import { runWhenEntry, serveUntilStopped } from './run-program.ts';
import { openSharedCore } from './shared-core.ts';
import { startApi } from './start-api.ts';

export async function main(): Promise<void> {
  await serveUntilStopped(async () => {
    const core = await openSharedCore(process.env);
    const admin = await loadAdminToken(core.config);
    if (admin.isNew) console.log(`admin token (shown once): ${admin.token}`);
    const { url } = await startApi(core, admin.token, () => null);
    console.log(`Losswatch is listening on ${url}`);
    return { stop: () => core.lifecycle.stop('stop requested') };
  });
}

runWhenEntry(import.meta.url, main);
