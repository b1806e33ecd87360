// Builds the API on a core and listens.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buildApi } from '../api/app.ts';
import type { ApiDeps } from '../api/deps.ts';
import { operatorTokenId } from '../contracts/tokens.ts';
import { systemClock } from '../platform/clock.ts';
import { setAdminToken } from '../platform/db/tokens.ts';
import { hashToken, newId } from '../platform/ids.ts';
import { createLiveFeed } from '../platform/live/live-feed.ts';
import type { Core } from './core.ts';
import { projectRoot } from './project-root.ts';

const shortToken = 16;

/** Answers the address listened on. */
export async function startApi(
  core: Core,
  adminToken: string,
  dfl: Pick<ApiDeps, 'dflChoice' | 'dflEngine'>,
): Promise<{ url: string }> {
  const { config, logger, lifecycle, database, queues, blobs, catalog } = core;
  if (adminToken.length < shortToken) {
    logger.warn(
      `LOSSWATCH_ADMIN_TOKEN has fewer than ${shortToken} characters: fine for a trial, easy to guess on a network`,
    );
  }
  await setAdminToken(database.client, operatorTokenId, hashToken(adminToken));
  const liveFeed = createLiveFeed({ url: core.databaseUrl, database, logger });
  lifecycle.onStop('live feed', () => liveFeed.close());
  const webRoot = join(projectRoot, 'dist', 'web');
  let url = '';
  const app = await buildApi({
    settings: {
      publicUrl: () => config.publicUrl ?? url,
      rateLimit: config.rateLimit,
      maxCaptureBytes: config.maxCaptureBytes,
      outboundAllow: config.outboundAllow,
      canMail: config.mailServer !== null,
    },
    database,
    blobs,
    nudge: queues.nudge,
    catalog,
    clock: systemClock,
    logger,
    newId,
    readiness: () => checkReadiness(core),
    liveFeed,
    queueDepth: queues.depth,
    ...dfl,
    verifyScript: () => readFile(join(projectRoot, 'dist', 'verify.mjs'), 'utf8'),
    webRoot: existsSync(join(webRoot, 'index.html')) ? webRoot : null,
  });
  lifecycle.onStop('api', () => app.close());
  await listen(app, config.host, config.port);
  url = listenUrl(config.host, app.server.address() as AddressInfo);
  return { url };
}

/** @throws Error that says what to set when the address cannot be listened on. */
async function listen(app: Awaited<ReturnType<typeof buildApi>>, host: string, port: number): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const hints: Record<string, string> = {
      EADDRINUSE: `Port ${port} on ${host} is taken; set LOSSWATCH_PORT to another one (0 takes any free port).`,
      EACCES: `Port ${port} may not be used by this user; set LOSSWATCH_PORT to one above 1023.`,
      EADDRNOTAVAIL: `${host} is not an address of this machine; set LOSSWATCH_HOST to one that is.`,
    };
    throw new Error(hints[code ?? ''] ?? `Cannot listen on ${host}:${port}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function listenUrl(host: string, address: AddressInfo): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}

async function checkReadiness(core: Core): Promise<{ name: string; ok: boolean; detail: string }[]> {
  const check = async (name: string, probe: () => Promise<void>) => {
    try {
      await probe();
      return { name, ok: true, detail: 'ok' };
    } catch (error) {
      core.logger.warn({ err: error, check: name }, 'readiness check failed');
      return { name, ok: false, detail: 'does not answer' };
    }
  };
  return Promise.all([
    check('database', () => core.database.ping()),
    check('queue', () => core.queues.ready()),
    check('storage', () => core.blobs.ready()),
  ]);
}
