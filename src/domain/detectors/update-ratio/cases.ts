import { repeat, seriesOf } from '../case-points.ts';
import type { DetectorCase } from '../detector.ts';

export const cases: DetectorCase[] = [
  {
    title: 'weights that do not move are reported',
    points: seriesOf('layer1/update_ratio', [...repeat(20, () => 1e-3), ...repeat(20, () => 0)]),
    expected: [{ ref: 'layer1/update_ratio', step: 200, data: { mode: 'too-small', threshold: 1e-8 } }],
  },
  {
    title: 'updates larger than the weights are reported',
    points: seriesOf(
      'update_to_weight_ratio',
      repeat(20, () => 40),
    ),
    expected: [{ ref: 'update_to_weight_ratio', step: 0, data: { mode: 'too-large', threshold: 10 } }],
  },
  {
    title: 'single skipped steps are none',
    points: seriesOf(
      'update_ratio',
      repeat(100, (i) => (i % 9 === 0 ? 0 : 1e-3)),
    ),
    expected: [],
  },
];
