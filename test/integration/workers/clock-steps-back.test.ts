// The machine's clock is set back in the middle of a story.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildTestWorkers, type TestWorkers } from '../../support/build-workers.ts';
import { addEndpoint } from '../../support/endpoints.ts';
import { boundTrace, faultyEnvironment, logLine, makeCapture, type StoryNumbers } from '../../support/story.ts';

const numbers: StoryNumbers = { lo: 0, hi: 17, garbage: [28, 60, 92, -3], seed: 31 };
const hourMs = 3_600_000;
let workers: TestWorkers;

beforeEach(async () => {
  workers = await buildTestWorkers();
  await addEndpoint(workers, { events: ['incident.opened'] });
  await workers.addRun({ id: 'r1', name: 'r1', ...faultyEnvironment, config: { num_classes: 6 } });
});
afterEach(() => workers.close());

describe('a clock that steps back by an hour', () => {
  it('changes no incident: still one, opened and told of once, with an order that makes sense', async () => {
    await workers.pushCapture('r1', makeCapture(numbers, { fault: true, step: 1 }), 1);
    await workers.drain();
    workers.advanceMs(-hourMs);
    await workers.pushLog('r1', logLine(0, { cls: 0.6, iou: 5e9, dfl: 3000, l1: 0.1 }));
    await workers.pushTrace('r1', boundTrace(-3, 'lower'), 1);
    await workers.drain();
    const [incident, ...others] = await workers.incidents();
    expect(others).toEqual([]);
    expect(incident).toMatchObject({ class: 'target-out-of-bound', occurrences: 1 });
    expect(incident?.cause?.id).toBe('paddle-masked-select-gpu');
    expect(incident?.timeline.filter((entry) => entry.kind === 'opened')).toHaveLength(1);
    expect(Date.parse(incident?.first_seen_at ?? '')).toBeLessThanOrEqual(Date.parse(incident?.last_seen_at ?? ''));
    expect(workers.posts).toHaveLength(1);
  });

  it('delays the next attempt of a delivery, and loses none', async () => {
    workers.answers.push({ kind: 'answered', status: 503, answer: '', latencyMs: 1 });
    await workers.pushTrace('r1', boundTrace(-3, 'lower'), 1);
    await workers.drain();
    workers.advanceMs(-hourMs);
    await workers.handlers['sweep-unfinished']({});
    await workers.drain();
    expect(workers.posts).toHaveLength(1);
    workers.advanceMs(hourMs + 60_000);
    await workers.handlers['sweep-unfinished']({});
    await workers.drain();
    expect(workers.posts).toHaveLength(2);
    expect(workers.posts[1]?.headers['webhook-id']).toBe(workers.posts[0]?.headers['webhook-id']);
  });
});
