import { repeat, seriesOf } from '../case-points.ts';
import type { DetectorCase } from '../detector.ts';
import { curveOf, type Siblings } from '../siblings.ts';

const wobble = (i: number) => 1 + 0.01 * ((i * 7) % 5);
const falling = (i: number) => (1 + 5 * Math.exp(-i / 80)) * wobble(i);
const steps = Array.from({ length: 600 }, (_, i) => 10 * i);
const sibling = curveOf(
  'run_1',
  steps,
  steps.map((_, i) => falling(i)),
);
const siblings: Siblings = sibling ? { loss: [sibling] } : {};

export const cases: DetectorCase[] = [
  {
    title: 'a loss that stays where it was from one point to the next, while that of a sibling fell on',
    points: seriesOf(
      'loss',
      repeat(400, (i) => falling(Math.min(i, 30)) * (wobble(i) / wobble(Math.min(i, 30)))),
    ),
    siblings,
    expected: [{ ref: 'loss', step: 950, data: { siblings: 1 } }],
  },
  {
    title: 'the same without a sibling',
    points: seriesOf(
      'loss',
      repeat(400, (i) => falling(Math.min(i, 30)) * (wobble(i) / wobble(Math.min(i, 30)))),
    ),
    expected: [],
  },
  {
    title: 'a loss that ends flat where that of its sibling ended',
    points: seriesOf(
      'loss',
      repeat(600, (i) => 1.05 * falling(i)),
    ),
    siblings,
    expected: [],
  },
  {
    title: 'a loss that falls later than that of its sibling, but falls',
    points: seriesOf(
      'loss',
      repeat(600, (i) => (1 + 5 * Math.exp(-i / 200)) * wobble(i)),
    ),
    siblings,
    expected: [],
  },
  {
    title: 'a loss above a sibling that did not come so far',
    points: seriesOf('loss', repeat(100, () => 1).concat(repeat(400, () => 2))).map((point) => ({
      ...point,
      step: point.step + 10_000,
    })),
    siblings,
    expected: [],
  },
];
