// `npm run quickstart [-- --exit]`: starts the embedded service, replays the recorded PP-YOLOE run through its public API and shows what it
// made of it. With --exit everything is stopped afterwards; the exit status is 0 only when the whole story came out.
import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { Locale } from '../contracts/common.ts';
import type { Incident } from '../contracts/incidents.ts';
import { type ApiClient, createApiClient } from './api-client.ts';
import { type EmbeddedService, startEmbedded } from './embedded.ts';
import { printIncident } from './print-incident.ts';
import { projectRoot } from './project-root.ts';
import { quickstartWords } from './quickstart-words.ts';
import { replayRecordedRun } from './replay-recorded-run.ts';
import { runWhenEntry, serveUntilStopped } from './run-program.ts';
import { receiveStory, type StoryOutcome } from './watch-story.ts';

type Env = Record<string, string | undefined>;

const recordedRun = join(projectRoot, 'examples', 'recorded', 'ppyoloe-masked-select');
const expected = { class: 'target-out-of-bound', cause: 'paddle-masked-select-gpu' };

export async function main(args: string[]): Promise<void> {
  const exits = args.includes('--exit');
  const env = quickstartEnv(process.env, exits);
  await serveUntilStopped(async () => {
    const service = await startEmbedded({ env });
    try {
      const passed = await tellStory(service, env);
      if (!exits) return service;
      await service.stop();
      process.exit(passed ? 0 : 1);
    } catch (error) {
      await service.stop();
      throw error;
    }
  });
}

/** The quickstart's own receiver is on loopback, so that address is allowed; a run that exits takes any free port. */
function quickstartEnv(env: Env, exits: boolean): Env {
  return {
    ...env,
    LOSSWATCH_LOG_LEVEL: env.LOSSWATCH_LOG_LEVEL || 'warn',
    LOSSWATCH_OUTBOUND_ALLOW: [env.LOSSWATCH_OUTBOUND_ALLOW, '127.0.0.1/32'].filter(Boolean).join(','),
    ...(exits && !env.LOSSWATCH_PORT ? { LOSSWATCH_PORT: '0' } : {}),
  };
}

/** Replays, shows, judges. Answers whether everything came out as the recording deserves. */
async function tellStory(service: EmbeddedService, env: Env): Promise<boolean> {
  const locale = localeOf(env);
  const word = quickstartWords[locale];
  const client = createApiClient({ url: service.url, token: service.adminToken, locale });
  console.log(`Losswatch is listening on ${service.url}\n`);
  const runId = `ppyoloe-${Date.now().toString(36)}-${randomBytes(2).toString('hex')}`;
  const outcome = await receiveStory({
    client,
    locale,
    runId,
    expected,
    async replay() {
      console.log(word.replaying(recordedRun));
      console.log(word.replayed(await replayRecordedRun({ client, folder: recordedRun, runId })));
    },
  });
  await show(outcome, client, { locale, env, service });
  return judge(outcome);
}

async function show(
  outcome: StoryOutcome,
  client: ApiClient,
  { locale, env, service }: { locale: Locale; env: Env; service: EmbeddedService },
): Promise<void> {
  const word = quickstartWords[locale];
  const width = Math.min(process.stdout.columns || 100, 110);
  for (const { id } of outcome.incidents) {
    console.log(`\n${printIncident(await client.call<Incident>('GET', `/v1/incidents/${id}`), { locale, width })}`);
  }
  if (outcome.incidents.length === 0) console.log(word.noIncident);
  console.log(outcome.webhook ? word.webhook(outcome.webhook) : word.noWebhook);
  const [first] = outcome.incidents;
  console.log(word.dashboard(first ? `${service.url}/incidents/${first.id}` : service.url));
  const file = join(resolve(env.LOSSWATCH_DATA || '.losswatch'), 'secrets', 'admin-token');
  if (env.LOSSWATCH_ADMIN_TOKEN) console.log(word.tokenOfEnvironment);
  else console.log(service.adminTokenIsNew ? word.newToken(service.adminToken, file) : word.tokenFile(file));
}

function judge({ incidents, webhook }: StoryOutcome): boolean {
  const [incident, ...others] = incidents;
  const right = incident?.class === expected.class && incident.cause?.id === expected.cause && others.length === 0;
  if (!right) console.error(`expected exactly one incident, ${expected.class} by ${expected.cause}`);
  if (!webhook?.genuine) console.error('expected a webhook with a valid signature');
  return right && webhook?.genuine === true;
}

function localeOf(env: Env): Locale {
  return /^zh/i.test(env.LC_ALL || env.LC_MESSAGES || env.LANG || '') ? 'zh' : 'en';
}

runWhenEntry(import.meta.url, main);
