import { logTogether, repeat, seriesOf } from '../case-points.ts';
import type { DetectorCase } from '../detector.ts';

/** Even and odd lines differ, so that there is some noise. */
const calm = (length: number, level = 2) => repeat(length, (i) => level * (1 + 0.05 * (i % 3)));

/** The first losses of a clean run of eval/trainer (seed 226). */
const unrest = [
  4.38, 4.36, 4.35, 4.33, 4.32, 4.31, 4.27, 4.23, 4.16, 4.08, 4.03, 3.9, 3.89, 3.8, 3.74, 3.55, 6.26, 3.38, 4.01, 3.64,
  3.52, 3.71, 3.1, 3.63, 3.14, 3.55, 3.37, 3.33, 5.35, 4.28, 3.59, 3.44, 3.43, 4.49, 3.33, 4.6, 4.18, 3.87, 2.96, 6.28,
  3.79, 5.49, 6.31, 5.73, 5.17, 10.45, 6.23, 3.44, 3.12, 4.84, 4.12, 3.38, 4.24, 3.64, 5.09, 3.24, 3.44, 3.52, 3.27,
  4.37,
];

export const cases: DetectorCase[] = [
  {
    title: 'a single value far above its window is reported at once',
    points: seriesOf('loss', [...calm(60), 14, ...calm(60)]),
    expected: [{ ref: 'loss', step: 600, data: { value: 14, factor: 2.5, log_sigmas: 6.25 } }],
  },
  {
    title: 'a spike over several steps is one, and one long after it another',
    points: seriesOf('loss', [...calm(60), 14, 30, 22, 9, ...calm(40), 25, ...calm(10)], 1),
    expected: [
      { ref: 'loss@1', step: 600 },
      { ref: 'loss@1', step: 1040 },
    ],
  },
  {
    title: 'where no total is logged, a part is watched, with more patience',
    points: logTogether(
      seriesOf('train/box_loss', [...calm(60), 30, ...calm(20)]),
      seriesOf('train/cls_loss', [...calm(60), 8, ...calm(20)]),
    ),
    expected: [{ ref: 'train/box_loss', step: 600, data: { factor: 5 } }],
  },
  {
    title: 'a level that stays is reported once',
    points: seriesOf('loss', [...calm(60), ...calm(80, 12)]),
    expected: [{ ref: 'loss', step: 600 }],
  },
  { title: 'the first values know no usual level', points: seriesOf('loss', [...calm(20), 50]), expected: [] },
  {
    title: 'the unrest of a detector after its warm-up, recorded, with a value of 2.7 times the median',
    points: seriesOf('loss', unrest),
    expected: [],
  },
  {
    title: 'a jump no larger than the noise of the window is none',
    points: seriesOf('loss', [...repeat(60, (i) => 1 + 3 * (i % 4)), 16, ...repeat(20, (i) => 1 + 3 * (i % 4))]),
    expected: [],
  },
  {
    title: 'a higher loss after the learning rate went up again is expected',
    points: logTogether(
      seriesOf(
        'lr',
        repeat(120, (i) => (i < 60 ? 0.001 : 0.01)),
      ),
      seriesOf('loss', [...calm(61), ...calm(59, 9)]),
    ),
    expected: [],
  },
  {
    title: 'a spike after a learning rate that no schedule has is one',
    points: logTogether(
      seriesOf(
        'lr',
        repeat(120, (i) => (i === 60 ? 0.06 : 0.001)),
      ),
      seriesOf('loss', [...calm(61), ...calm(3, 40), ...calm(56)]),
    ),
    expected: [{ ref: 'loss', step: 610 }],
  },
  {
    title: 'a total to which a part is added when augmentation ends is expected',
    points: logTogether(
      seriesOf('loss_l1', [...repeat(60, () => 0), ...calm(60, 4)]),
      seriesOf('loss', [...calm(60, 1), ...calm(60, 5)]),
    ),
    expected: [],
  },
  {
    title: 'a learned loss near zero that twitches does not matter',
    points: seriesOf('loss', [...repeat(40, (i) => 5 * 0.8 ** i), ...calm(80, 1e-4), 0.02, ...calm(20, 1e-4)]),
    expected: [],
  },
];
