// The main job, end to end, over HTTP against the process that a user starts; numbers other than those of the recorded run.
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { makeDataFolder, type RunningService, startService, until } from '../support/service.ts';
import { boundTrace, faultyEnvironment, logLine, makeCapture, type StoryNumbers } from '../support/story.ts';

const numbers: StoryNumbers = { lo: -2, hi: 17, garbage: [-6.5, 91.25, 460, -37], seed: 20261123 };
let folder: ReturnType<typeof makeDataFolder>;
let service: RunningService;
let receiver: Receiver;
let secret: string;

beforeAll(async () => {
  folder = makeDataFolder();
  service = await startService(folder.path);
  receiver = await startReceiver();
  const webhook = await service.call('POST', '/v1/webhooks', { url: receiver.url });
  expect(webhook.status).toBe(201);
  secret = webhook.body.secret;
}, 120_000);

afterAll(async () => {
  await service?.end('SIGTERM');
  await receiver?.close();
  folder?.remove();
});

async function incidentsOf(run: string) {
  const { body } = await service.call('GET', `/v1/incidents?run=${run}`);
  return body.items as any[];
}

/** The run's only incident once its class is `failureClass` and nothing of the run is being worked on. */
function settledIncident(run: string, failureClass: string) {
  return until(`an incident of ${run}`, async () => {
    const items = await incidentsOf(run);
    return items.length === 1 && items[0].class === failureClass
      ? (await service.call('GET', `/v1/incidents/${items[0].id}`)).body
      : null;
  });
}

describe('a corrupted selection on PaddlePaddle 2.3.2', () => {
  it('is one incident with the evidence of tensors, numbers and trace, and one signed webhook', async () => {
    const run = 'story-masked-select';
    await service.call('POST', '/v1/runs', {
      id: run,
      name: 'ppyoloe-s',
      ...faultyEnvironment,
      world_size: 2,
      config: { reg_range: [-2, 17], num_classes: 6 },
    });
    await service.call(
      'POST',
      `/v1/runs/${run}/logs?source=rank0.log`,
      logLine(0, { cls: 0.61, iou: 3.1e10, dfl: 4821.5, l1: 0.11 }),
    );
    for (const rank of [0, 1]) {
      for (const step of [0, 1]) {
        const capture = makeCapture({ ...numbers, seed: numbers.seed + 100 * rank }, { fault: true, step });
        expect((await service.call('POST', `/v1/runs/${run}/captures?step=${step}&rank=${rank}`, capture)).status).toBe(
          202,
        );
      }
      const trace = await service.call('POST', `/v1/runs/${run}/traces`, {
        text: boundTrace(-37, 'lower'),
        step: 1,
        rank,
      });
      expect(trace.status).toBe(202);
    }
    const incident = await settledIncident(run, 'target-out-of-bound');
    expect(incident.cause.id).toBe('paddle-masked-select-gpu');
    expect(incident.cause.confidence).toBeGreaterThan(0.8);
    expect(incident.severity).toBe('critical');
    expect(new Set(incident.evidence.map((item: any) => item.kind))).toEqual(
      new Set(['trace', 'capture', 'metric', 'environment']),
    );
    const remedies = incident.remediations.map((item: any) => item.id);
    expect(remedies.slice(0, 3)).toEqual([
      expect.stringContaining('upgrade'),
      expect.stringContaining('cpu'),
      expect.stringContaining('numeric'),
    ]);
    expect(incident.remediations.every((item: any) => item.why.length > 20 && item.sources.length > 0)).toBe(true);

    const opened = await until(
      'the webhook',
      async () => receiver.received.find((item) => JSON.parse(item.body).data.incident?.runs.includes(run)) ?? null,
    );
    const payload: any = new Webhook(secret).verify(opened.body, opened.headers as Record<string, string>);
    expect(payload.type).toBe('incident.opened');
    expect(payload.data.url).toBe(`${service.url}/incidents/${incident.id}`);
    expect(receiver.received.filter((item) => JSON.parse(item.body).type === 'incident.opened')).toHaveLength(1);
  });

  it('speaks Chinese when asked', async () => {
    const [item] = await incidentsOf('story-masked-select');
    const { body } = await service.call('GET', `/v1/incidents/${item.id}`, undefined, {
      'accept-language': 'zh-CN,zh;q=0.9',
    });
    expect(body.title).toMatch(/[\u4e00-\u9fff]/);
    expect(body.remediations[0].steps[0]).toMatch(/[\u4e00-\u9fff]/);
  });
});

describe('the same crash with intact tensors', () => {
  it('names another cause and another first remediation, in an incident of its own', async () => {
    const run = 'story-labels';
    await service.call('POST', '/v1/runs', {
      id: run,
      name: 'ppyoloe-s',
      ...faultyEnvironment,
      config: { num_classes: 6 },
    });
    for (const step of [0, 1])
      await service.call('POST', `/v1/runs/${run}/captures?step=${step}`, makeCapture(numbers, { fault: false, step }));
    await service.call('POST', `/v1/runs/${run}/traces`, { text: boundTrace(6, 'upper'), step: 1 });
    const incident = await settledIncident(run, 'target-out-of-bound');
    expect(incident.cause.id).not.toBe('paddle-masked-select-gpu');
    expect(incident.remediations[0].id).not.toMatch(/upgrade/);
    expect(incident.runs).toEqual([run]);
    const [other] = await incidentsOf('story-masked-select');
    expect(other.runs).toEqual(['story-masked-select']);
  });
});

describe('a healthy run', () => {
  it('opens nothing', async () => {
    const run = 'story-healthy';
    await service.call('POST', '/v1/runs', { id: run, name: 'ppyoloe-s', ...faultyEnvironment });
    const lines = Array.from({ length: 60 }, (_, i) =>
      logLine(i * 10, { cls: 1.2 * 0.99 ** i, iou: 0.9 * 0.99 ** i, dfl: 2.83 * 0.99 ** i, l1: 0.5 }),
    ).join('');
    const logs = await service.call('POST', `/v1/runs/${run}/logs`, lines);
    expect(logs.body).toMatchObject({ lines: 60, events: 0 });
    const { body } = await service.call(
      'POST',
      `/v1/runs/${run}/captures?step=10`,
      makeCapture(numbers, { fault: false, step: 10 }),
    );
    const capture = await until('the analysis', async () => {
      const answer = await service.call('GET', `/v1/runs/${run}/captures/${body.capture_id}`);
      return answer.body.status === 'done' ? answer.body : null;
    });
    expect(capture.analysis).toMatchObject({ below_range: 0, above_range: 0, selection: { mismatched_rows: 0 } });
    await service.call('PATCH', `/v1/runs/${run}`, { status: 'finished' });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await incidentsOf(run)).toEqual([]);
  });
});
