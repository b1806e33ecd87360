import { logTogether, repeat, seriesOf } from '../case-points.ts';
import type { DetectorCase } from '../detector.ts';

const falling = repeat(60, (i) => 2 + 4 * 0.95 ** i);

export const cases: DetectorCase[] = [
  {
    title: 'a loss that falls and then grows without end is reported once',
    points: seriesOf('loss', [...falling, ...repeat(80, (i) => 2.2 * 1.1 ** i)]),
    expected: [{ ref: 'loss', step: 920, data: { from_step: 620 } }],
  },
  {
    title: 'a loss that grows from the first step on is reported when enough is known',
    points: seriesOf(
      'train/loss',
      repeat(80, (i) => 3 * 1.08 ** i),
    ),
    expected: [{ ref: 'train/loss', step: 390, data: { from_step: 40 } }],
  },
  {
    title: 'a loss that jumps to a high level and creeps up there is reported',
    points: seriesOf('loss', [...falling, ...repeat(60, (i) => 40 + i * 0.1)]),
    expected: [{ ref: 'loss', step: 710 }],
  },
  {
    title: 'single spikes, however high, are not a divergence',
    points: seriesOf(
      'loss',
      repeat(200, (i) => (i % 25 === 24 ? 5000 : 2)),
    ),
    expected: [],
  },
  {
    title: 'a bump during warm-up that comes down again is not a divergence',
    points: seriesOf('loss', [
      ...repeat(15, () => 3),
      ...repeat(15, (i) => 3 + i),
      ...repeat(15, (i) => 17 - i),
      ...repeat(60, () => 2.5),
    ]),
    expected: [],
  },
  {
    title: 'a jump to a plateau that then falls is not a divergence',
    points: seriesOf('loss', [...falling, ...repeat(80, (i) => 30 * 0.98 ** i)]),
    expected: [],
  },
  {
    title: 'a loss near zero that wanders there does not matter',
    points: seriesOf('loss', [...repeat(60, (i) => 5 * 0.8 ** i), ...repeat(60, (i) => 1e-4 * (1 + i))]),
    expected: [],
  },
  {
    title: 'a rise within the noise is none, though it is many times the best level',
    points: seriesOf(
      'loss',
      repeat(160, (i) => 0.02 + (i < 60 ? 0 : 0.4 + i * 0.0005) + (i % 4 < 2 ? 1 : -1) * (i % 3)),
    ),
    expected: [],
  },
  {
    title: 'too few points say nothing',
    points: seriesOf(
      'loss',
      repeat(16, (i) => 1.5 ** i),
    ),
    expected: [],
  },
  {
    title: 'an explosion needs few points',
    points: seriesOf('loss', [...falling, ...repeat(20, (i) => 3 * 2 ** i)]),
    expected: [{ ref: 'loss', step: 730, data: { factor: 2.5, explosive_factor: 12 } }],
  },
  {
    title: 'where no total is logged, a part that grows is reported',
    points: seriesOf('train/box_loss', [...falling, ...repeat(80, (i) => 2.2 * 1.1 ** i)]),
    expected: [{ ref: 'train/box_loss', step: 920 }],
  },
  {
    title: 'a loss that goes up after its learning rate did is expected',
    points: logTogether(
      seriesOf(
        'lr',
        repeat(160, (i) => (i < 60 ? 0.001 : 0.01)),
      ),
      seriesOf('loss', [...falling, ...repeat(100, (i) => 2.2 + 8 * Math.min(1, i / 40))]),
    ),
    expected: [],
  },
  {
    title: 'parts of the loss may grow while the total is watched',
    points: logTogether(
      seriesOf('loss_obj', [...falling, ...repeat(80, (i) => 2.2 * 1.1 ** i)]),
      seriesOf('loss', [...falling, ...repeat(80, () => 2.2)]),
    ),
    expected: [],
  },
];
