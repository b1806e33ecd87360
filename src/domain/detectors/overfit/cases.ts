import { logTogether, repeat, seriesOf } from '../case-points.ts';
import type { DetectorCase } from '../detector.ts';

const train = seriesOf(
  'train/loss',
  repeat(200, (i) => 0.2 + 3 * Math.exp(-i / 60)),
);
const evaluations = (value: (i: number) => number) =>
  repeat(20, value).map((loss, i) => ({ step: i * 100 + 95, rank: 0, name: 'val/loss', value: loss, windowed: false }));

export const cases: DetectorCase[] = [
  {
    title: 'an evaluation loss that rises while training goes on falling is reported, with the step to go back to',
    points: logTogether(
      train,
      evaluations((i) => (i < 8 ? 3 - 0.2 * i : 1.6 + 0.08 * (i - 7))),
    ),
    expected: [{ ref: 'val/loss', step: 1295, data: { best_step: 795, patience: 5 } }],
  },
  {
    title: 'an evaluation loss that flattens is none',
    points: logTogether(
      train,
      evaluations((i) => 1.5 + Math.exp(-i / 3) + 0.05 * (i % 2)),
    ),
    expected: [],
  },
  {
    title: 'both rising is a divergence, no overfit',
    points: logTogether(
      seriesOf(
        'loss',
        repeat(200, (i) => 1 + 0.02 * i),
      ),
      evaluations((i) => 1 + 0.2 * i),
    ),
    expected: [],
  },
];
