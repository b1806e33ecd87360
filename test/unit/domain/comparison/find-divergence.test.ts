import { describe, expect, it } from 'vitest';
import {
  findDivergence,
  metricToCompare,
  type PairedPoint,
} from '../../../../src/domain/comparison/find-divergence.ts';

const pairs = (length: number, run: (n: number) => number, good: (n: number) => number): PairedPoint[] =>
  Array.from({ length }, (_, n) => ({ step: n * 10, run: run(n), good: good(n) }));
const falling = (n: number) => 3 * 0.98 ** n;
/** Reproducible noise in [-1, 1). */
const noise = (n: number, seed: number) =>
  ((((Math.sin(n * 12.9898 + seed * 78.233) * 43758.5453) % 1) + 1) % 1) * 2 - 1;

describe('findDivergence', () => {
  const rows: { name: string; points: PairedPoint[]; step: number | null }[] = [
    { name: 'the same run twice', points: pairs(100, falling, falling), step: null },
    {
      name: 'one seed, other from step 400 on',
      points: pairs(100, (n) => falling(n) * (n < 40 ? 1 : 1.02), falling),
      step: 400,
    },
    {
      name: 'printed digits differ',
      points: pairs(100, (n) => Math.round(falling(n) * 1e4) / 1e4, falling),
      step: null,
    },
    { name: 'a single point differs', points: pairs(100, (n) => (n === 50 ? 9 : falling(n)), falling), step: null },
    { name: 'NaN from step 600 on', points: pairs(100, (n) => (n < 60 ? falling(n) : Number.NaN), falling), step: 600 },
    { name: 'a single NaN', points: pairs(100, (n) => (n === 60 ? Number.NaN : falling(n)), falling), step: 600 },
    {
      name: 'both NaN',
      points: pairs(
        100,
        () => Number.NaN,
        () => Number.NaN,
      ),
      step: null,
    },
    {
      name: 'other seeds, noise alone',
      points: pairs(
        200,
        (n) => falling(n) * (1 + 0.05 * noise(n, 1)),
        (n) => falling(n) * (1 + 0.05 * noise(n, 2)),
      ),
      step: null,
    },
    {
      name: 'other seeds, and one stops learning at step 1000',
      points: pairs(
        200,
        (n) => falling(Math.min(n, 100)) * (1 + 0.05 * noise(n, 1)),
        (n) => falling(n) * (1 + 0.05 * noise(n, 2)),
      ),
      step: 1200,
    },
    { name: 'never alike', points: pairs(100, (n) => 20 * falling(n), falling), step: 0 },
    {
      name: 'too few points',
      points: pairs(
        2,
        () => 1,
        () => 9,
      ),
      step: null,
    },
    { name: 'no points', points: [], step: null },
  ];
  it.each(rows)('$name', ({ points, step }) => {
    const found = findDivergence(points)?.step ?? null;
    if (step === 1200) expect(found).toSatisfy((at: number) => at > 1000 && at < 1300);
    else expect(found).toBe(step);
  });
});

describe('metricToCompare', () => {
  it.each([
    [['acc', 'loss', 'loss_dfl'], 'loss_dfl', 'loss_dfl'],
    [['acc', 'loss', 'loss_dfl'], 'lr', 'loss'],
    [['acc', 'val/loss', 'train/box_loss'], null, 'train/box_loss'],
    [['acc', 'lr'], null, null],
  ])('of %j for a failure of %s: %s', (common, ofFailure, name) => {
    expect(metricToCompare(common, ofFailure)).toBe(name);
  });
});
