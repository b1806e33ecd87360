import { repeat, seriesOf } from '../case-points.ts';
import type { DetectorCase } from '../detector.ts';

export const cases: DetectorCase[] = [
  {
    title: 'a loss that turns NaN and stays NaN is reported once, with the value before',
    points: seriesOf('loss', [3, 2.5, Number.NaN, Number.NaN, Number.NaN]),
    expected: [{ ref: 'loss', step: 20, data: { value: 'NaN', previous_value: 2.5, previous_step: 10 } }],
  },
  {
    title: 'a part that is infinite from the first line has nothing before it',
    points: seriesOf('loss_iou', [Number.POSITIVE_INFINITY, 1]),
    expected: [{ ref: 'loss_iou', step: 0, data: { value: 'Infinity', previous_value: null, previous_step: null } }],
  },
  {
    title: 'a NaN that comes and goes within twenty points is one onset',
    points: seriesOf('loss_dfl', [1, Number.NaN, 1, Number.NaN, 1, 1, Number.NEGATIVE_INFINITY]),
    expected: [{ ref: 'loss_dfl', step: 10 }],
  },
  {
    title: 'a NaN after a long healthy stretch is another onset, on its own rank',
    points: seriesOf('loss', [Number.NaN, ...repeat(20, () => 1), Number.NaN], 3),
    expected: [
      { ref: 'loss@3', step: 0 },
      { ref: 'loss@3', step: 210 },
    ],
  },
  {
    title: 'a gradient norm that overflows under mixed precision is not a loss',
    points: seriesOf('grad_norm', [1, Number.POSITIVE_INFINITY]),
    expected: [],
  },
];
