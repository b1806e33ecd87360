// `npm start`: the embedded service.
import { startEmbedded } from './embedded.ts';
import { runWhenEntry, serveUntilStopped } from './run-program.ts';

export async function main(): Promise<void> {
  await serveUntilStopped(async () => {
    const service = await startEmbedded({ env: process.env });
    if (service.adminTokenIsNew) console.log(`admin token (shown once): ${service.adminToken}`);
    console.log(`Losswatch is listening on ${service.url}`);
    return service;
  });
}

runWhenEntry(import.meta.url, main);
