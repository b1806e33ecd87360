import { repeat, seriesOf } from '../case-points.ts';
import type { DetectorCase } from '../detector.ts';

export const cases: DetectorCase[] = [
  {
    title: 'a scale that is halved again and again is reported once, from where it began',
    points: seriesOf('loss_scale', [65536, 65536, ...repeat(20, (i) => 65536 / 2 ** (i + 1))]),
    expected: [{ ref: 'loss_scale', step: 20, data: { from: 65536 } }],
  },
  {
    title: 'a scale that reaches 1 is reported',
    points: seriesOf('train/loss_scale', [64, 32, 32, 8, 2, 1, 1]),
    expected: [{ ref: 'train/loss_scale', step: 10, data: { value: 1 } }],
  },
  {
    title: 'finding the scale at the start, and rare overflows, are ordinary',
    points: seriesOf('grad_scale', [65536, 32768, 8192, 1024, 512, ...repeat(40, (i) => (i % 3 === 2 ? 512 : 1024))]),
    expected: [],
  },
  {
    title: 'a static scale is none',
    points: seriesOf(
      'loss_scale',
      repeat(50, () => 1),
    ),
    expected: [],
  },
];
