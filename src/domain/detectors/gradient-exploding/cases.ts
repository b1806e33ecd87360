import { repeat, seriesOf } from '../case-points.ts';
import type { DetectorCase } from '../detector.ts';

const usual = repeat(40, (i) => 3 + (i % 5));

export const cases: DetectorCase[] = [
  {
    title: 'a norm that stays a thousand times larger is exploding',
    points: seriesOf('grad_norm', [...usual, ...repeat(15, () => 8000)]),
    expected: [{ ref: 'grad_norm', step: 400, data: { points: 10 } }],
  },
  {
    title: 'a norm that stays infinite or NaN is exploding',
    points: seriesOf('train/grad_norm', [
      ...usual,
      ...repeat(12, (i) => (i % 2 ? Number.NaN : Number.POSITIVE_INFINITY)),
    ]),
    expected: [{ ref: 'train/grad_norm', step: 400 }],
  },
  {
    title: 'single peaks and overflows are ordinary',
    points: seriesOf(
      'grad_norm',
      repeat(100, (i) => (i % 20 === 19 ? Number.POSITIVE_INFINITY : i % 13 === 12 ? 1e6 : 4)),
    ),
    expected: [],
  },
  {
    title: 'a norm that grows within two orders of magnitude is the model',
    points: seriesOf('grad_norm', [...usual, ...repeat(60, () => 300)]),
    expected: [],
  },
];
