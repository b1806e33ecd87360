import { logTogether, repeat, seriesOf } from '../case-points.ts';
import type { DetectorCase } from '../detector.ts';

const wobble = (i: number) => 1 + 0.01 * ((i * 7) % 5);

export const cases: DetectorCase[] = [
  {
    title: 'a loss that falls steadily and stops from one point to the next is reported once',
    points: seriesOf(
      'loss',
      repeat(700, (i) => (8 - 0.015 * Math.min(i, 256)) * wobble(i)),
    ),
    expected: [{ ref: 'loss', step: 3510, data: { mode: 'stopped' } }],
  },
  {
    title: 'a loss that never moves is reported when enough is known',
    points: logTogether(
      seriesOf(
        'lr',
        repeat(400, (i) => Math.min(i + 1, 20) * 1e-7),
      ),
      seriesOf(
        'loss',
        repeat(400, (i) => 2.3 * wobble(i)),
      ),
    ),
    expected: [{ ref: 'loss', step: 3200, data: { mode: 'never-learned' } }],
  },
  {
    title: 'a loss that flattens little by little has converged',
    points: seriesOf(
      'loss',
      repeat(1500, (i) => (1 + 5 * Math.exp(-i / 80)) * wobble(i)),
    ),
    expected: [],
  },
  {
    title: 'a loss that falls with each cut of the learning rate and is flat between is as the schedule wants it',
    points: logTogether(
      seriesOf(
        'lr',
        repeat(900, (i) => 0.1 ** Math.floor(i / 300)),
      ),
      seriesOf(
        'loss',
        repeat(900, (i) => (4 - Math.floor(i / 300)) * (1 + Math.exp(-(i % 300) / 20)) * wobble(i)),
      ),
    ),
    expected: [],
  },
  {
    title: 'a loss that falls at once when augmentation ends and is flat then is expected, though no rate is logged',
    points: seriesOf(
      'loss',
      repeat(1200, (i) => (2 + 4 * Math.exp(-i / 90) - (i > 800 ? 0.6 : 0)) * wobble(i)),
    ),
    expected: [],
  },
  {
    title: 'noise in which progress could hide says nothing',
    points: seriesOf(
      'loss',
      repeat(600, (i) => 2 + 1.9 * Math.sin(i * i)),
    ),
    expected: [],
  },
  {
    title: 'a part of the loss may be flat while the total falls',
    points: seriesOf(
      'loss_dfl',
      repeat(600, () => 1.2),
    ),
    expected: [],
  },
];
