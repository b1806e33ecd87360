// The data folder survives: clean stops, kills at bad moments, and a second start that must not happen.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeDataFolder, type RunningService, startService, until } from '../support/service.ts';
import { boundTrace, faultyEnvironment, logLine, makeCapture, type StoryNumbers } from '../support/story.ts';

const numbers: StoryNumbers = { lo: 0, hi: 17, garbage: [28, 60, 92, -3], seed: 7 };
const run = 'killed-run';
let folder: ReturnType<typeof makeDataFolder>;
let service: RunningService | null = null;

beforeEach(() => {
  folder = makeDataFolder();
});
afterEach(async () => {
  await service?.end('SIGTERM');
  service = null;
  folder.remove();
});

async function restart(): Promise<RunningService> {
  service = await startService(folder.path);
  return service;
}

function settled(target: RunningService) {
  return until('the incident', async () => {
    const { body } = await target.call('GET', `/v1/incidents?run=${run}`);
    return body.items.length === 1 &&
      body.items[0].class === 'target-out-of-bound' &&
      body.items[0].cause?.id === 'paddle-masked-select-gpu'
      ? body.items[0]
      : null;
  });
}

describe('the data folder', () => {
  it('keeps everything over a clean stop, which ends with status 0, and refuses a second start while it is in use, naming the folder', async () => {
    const first = await restart();
    await first.call('POST', '/v1/runs', { id: run, name: 'kept', ...faultyEnvironment });
    await first.call('POST', `/v1/runs/${run}/metrics`, { points: [{ step: 3, values: { loss: 'NaN' } }] });
    expect(await first.end('SIGTERM')).toBe(0);
    const second = await restart();
    const { body } = await second.call('GET', `/v1/runs/${run}/metrics`);
    expect(body.series).toEqual([{ name: 'loss', rank: 0, steps: [3], values: ['NaN'], downsampled: false }]);
    await expect(startService(folder.path)).rejects.toThrow(folder.path);
    expect((await second.call('GET', '/readyz')).status).toBe(200);
  }, 120_000);

  it('loses and doubles nothing when the service is killed in the middle of the story', async () => {
    const keys = { trace: 'trace-1', run: 'run-1' };
    let target = await restart();
    await target.call(
      'POST',
      '/v1/runs',
      { id: run, name: 'killed', ...faultyEnvironment },
      { 'idempotency-key': keys.run },
    );
    await target.call('POST', `/v1/runs/${run}/logs`, logLine(0, { cls: 0.6, iou: 5e9, dfl: 3000, l1: 0.1 }));
    for (const step of [0, 1])
      await target.call('POST', `/v1/runs/${run}/captures?step=${step}`, makeCapture(numbers, { fault: true, step }));
    await target.end('SIGKILL');

    target = await restart();
    for (const step of [0, 1])
      await target.call('POST', `/v1/runs/${run}/captures?step=${step}`, makeCapture(numbers, { fault: true, step }));
    const trace = { text: boundTrace(-3, 'lower'), step: 1 };
    const sent = await target.call('POST', `/v1/runs/${run}/traces`, trace, { 'idempotency-key': keys.trace });
    await target.end('SIGKILL');

    target = await restart();
    const again = await target.call('POST', `/v1/runs/${run}/traces`, trace, { 'idempotency-key': keys.trace });
    expect(again.body).toEqual(sent.body);
    const incident = await settled(target);
    await until('two analysed captures', async () => {
      const { body } = await target.call('GET', `/v1/runs/${run}/captures`);
      return body.items.length === 2 && body.items.every((item: any) => item.status === 'done') ? body : null;
    });
    const final = await until('the count of both captures', async () => {
      const { body } = await target.call('GET', `/v1/incidents/${incident.id}`);
      return body.occurrences === 2 ? body : null;
    });
    expect(final.runs).toEqual([run]);
    expect(final.timeline.filter((entry: any) => entry.kind === 'opened')).toHaveLength(1);
    const { body } = await target.call('GET', `/v1/runs/${run}/metrics?names=loss`);
    expect(body.series[0].steps).toEqual([0]);
  }, 120_000);
});
