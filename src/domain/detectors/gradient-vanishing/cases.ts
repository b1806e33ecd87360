import { repeat, seriesOf } from '../case-points.ts';
import type { DetectorCase } from '../detector.ts';

const usual = repeat(40, (i) => 3 + (i % 5));

export const cases: DetectorCase[] = [
  {
    title: 'a norm of nearly nothing is reported',
    points: seriesOf('gnorm', [...usual, ...repeat(12, () => 1e-9)]),
    expected: [{ ref: 'gnorm', step: 400, data: { threshold: 1e-7 } }],
  },
  {
    title: 'steps without a gradient now and then are none',
    points: seriesOf(
      'grad_norm',
      repeat(100, (i) => (i % 4 === 0 ? 2 : 0)),
    ),
    expected: [],
  },
];
