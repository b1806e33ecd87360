import { repeat, seriesOf } from '../case-points.ts';
import type { DetectorCase } from '../detector.ts';

export const cases: DetectorCase[] = [
  {
    title: 'a rate of zero since the start is reported',
    points: seriesOf(
      'learning_rate',
      repeat(40, () => 0),
    ),
    expected: [{ ref: 'learning_rate', step: 0 }],
  },
  {
    title: 'a rate that is gone from one step to the next while the run goes on is reported',
    points: seriesOf('lr', [...repeat(50, () => 0.01), ...repeat(60, () => 1e-9)]),
    expected: [{ ref: 'lr', step: 500, data: { previous_value: 0.01 } }],
  },
  {
    title: 'a warm-up from zero, a cosine to zero and a few lines after it are as they should be',
    points: seriesOf('lr', [
      ...repeat(10, () => 0),
      ...repeat(100, (i) => 0.005 * (1 + Math.cos((Math.PI * i) / 100))),
      ...repeat(20, () => 0),
    ]),
    expected: [],
  },
  {
    title: 'cuts to a tenth are a schedule',
    points: seriesOf(
      'lr',
      repeat(300, (i) => 0.1 ** (1 + Math.floor(i / 75))),
    ),
    expected: [],
  },
];
