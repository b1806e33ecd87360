// Detectors on synthetic runs: nothing on healthy ones of every shape, and each fault within a stated delay.
import { describe, expect, it } from 'vitest';
import { detect, initialDetectorState } from '../../../../src/domain/detectors/detect.ts';
import { curveOf, type Siblings } from '../../../../src/domain/detectors/siblings.ts';
import { type Fault, healthyRun, type SyntheticRun, syntheticRun } from '../../../support/synthetic-run.ts';

const context = { worldSize: 1, bins: 17, batchSize: 16 };

function findingsOf(run: SyntheticRun, siblings: Siblings = {}) {
  return detect(initialDetectorState(siblings), syntheticRun(run), context).findings;
}

/** Two healthy runs of the same shape with other seeds. */
function siblingsOf(run: SyntheticRun): Siblings {
  const curves = [1000, 2000].flatMap((offset) => {
    const losses = syntheticRun({ ...run, seed: run.seed + offset, fault: null }).filter(({ name }) => name === 'loss');
    const curve = curveOf(
      `run_${offset}`,
      losses.map(({ step }) => step),
      losses.map(({ value }) => value),
    );
    return curve ?? [];
  });
  return { loss: curves };
}

describe('healthy synthetic runs', () => {
  it('200 of every shape give no finding', () => {
    const found = Array.from({ length: 200 }, (_, seed) => healthyRun(seed)).flatMap((run) =>
      findingsOf(run).map(({ id, ref, step, data }) => ({ id, ref, step, value: data.value, run })),
    );
    expect(found.map((each) => JSON.stringify(each))).toEqual([]);
  }, 120_000);

  it('give none beside their siblings either', () => {
    const found = Array.from({ length: 60 }, (_, seed) => healthyRun(seed)).flatMap((run) =>
      findingsOf(run, siblingsOf(run)).map(({ id, step }) => JSON.stringify({ id, step, run })),
    );
    expect(found).toEqual([]);
  }, 120_000);
});

/** Most points from the onset to the finding, and the least share of the runs in which it is found within them. */
const faults: { kind: Fault['kind']; id: string; delay: number; share: number; run?: Partial<SyntheticRun> }[] = [
  { kind: 'nan', id: 'metric.non-finite', delay: 0, share: 1 },
  { kind: 'spike', id: 'metric.spike', delay: 4, share: 0.9 },
  { kind: 'divergence', id: 'metric.diverging', delay: 80, share: 1 },
  { kind: 'explosion', id: 'metric.diverging', delay: 25, share: 1 },
  {
    kind: 'stop',
    id: 'metric.plateau',
    delay: 400,
    share: 0.75,
    run: { noise: 0.05, timeConstant: 300, decay: 'exponential', schedule: 'constant' },
  },
  { kind: 'never-learned', id: 'metric.plateau', delay: 700, share: 1, run: { schedule: 'constant', noise: 0.05 } },
  { kind: 'wrong-total', id: 'metric.total-mismatch', delay: 3, share: 1 },
  { kind: 'gradient-explosion', id: 'metric.gradient-exploding', delay: 0, share: 1 },
  { kind: 'gradient-vanishing', id: 'metric.gradient-vanishing', delay: 0, share: 1 },
  { kind: 'scale-countdown', id: 'metric.loss-scale-collapsed', delay: 0, share: 1 },
  { kind: 'rate-zero', id: 'metric.learning-rate-zero', delay: 0, share: 1, run: { schedule: 'constant' } },
  { kind: 'slow-input', id: 'metric.throughput-drop', delay: 20, share: 1 },
  { kind: 'slow-compute', id: 'metric.throughput-drop', delay: 20, share: 1 },
  { kind: 'memory-leak', id: 'metric.memory-growth', delay: 50, share: 1 },
  { kind: 'overfit', id: 'metric.overfit', delay: 400, share: 0.9, run: { schedule: 'constant', decay: 'power' } },
  { kind: 'zero-part', id: 'metric.zero-from-start', delay: 20, share: 1, run: { logged: 'both' } },
];

describe('a fault in a synthetic run', () => {
  it.each(faults)('$kind gives $id within $delay points, in at least $share of the runs', (fault) => {
    const missed: unknown[] = [];
    for (let seed = 0; seed < 40; seed += 1) {
      const shape = { ...healthyRun(seed), points: 900, noise: 0.1 + 0.004 * seed, switchAt: null, interval: 1 };
      const at = ['zero-part', 'never-learned'].includes(fault.kind) ? 0 : 250 + 3 * seed;
      const run = { ...shape, logged: 'both' as const, ...fault.run, fault: { kind: fault.kind, at } };
      const found = findingsOf(run).find(({ id, step }) => id === fault.id && step !== null && step >= at - 50);
      const step = found?.data.mode === undefined ? found?.step : found?.step;
      if (step === undefined || step === null || step - at > fault.delay) missed.push({ seed, at, step });
    }
    expect(missed.length, JSON.stringify(missed)).toBeLessThanOrEqual(40 * (1 - fault.share));
  });
});

describe('a loss that stops falling in a run with siblings', () => {
  it('is found however it stopped', () => {
    const missed: unknown[] = [];
    for (let seed = 0; seed < 40; seed += 1) {
      const shape = { ...healthyRun(seed), points: 900, noise: 0.02 + 0.002 * seed, switchAt: null, interval: 1 };
      // Where a schedule starts again, the siblings' losses rise as well.
      if (shape.schedule === 'restarts') shape.schedule = 'constant';
      const run = { ...shape, logged: 'both' as const, decay: 'exponential' as const, timeConstant: 300 };
      const fault = { kind: 'stop' as const, at: 150 + 3 * seed };
      const found = findingsOf({ ...run, fault }, siblingsOf(run)).filter(({ id }) =>
        ['metric.behind-siblings', 'metric.plateau'].includes(id),
      );
      const step = found[0]?.step ?? null;
      if (step === null || step - fault.at > 400) missed.push({ seed, schedule: run.schedule, at: fault.at, step });
    }
    expect(missed.length, JSON.stringify(missed)).toBe(0);
  });
});
