import { logTogether, repeat, seriesOf } from '../case-points.ts';
import type { DetectorCase } from '../detector.ts';

const wobble = (i: number) => 1 + 0.1 * (i % 3);
const slowFrom = (at: number, usual: number, slow: number, length = 140) =>
  repeat(length, (i) => (i < at ? usual : slow) * wobble(i));

export const cases: DetectorCase[] = [
  {
    title: 'half the images per second for good is reported once',
    points: seriesOf('ips', slowFrom(80, 60, 25)),
    expected: [{ ref: 'ips', step: 870, data: { bound: null, share: 0.6 } }],
  },
  {
    title: 'steps that take longer because they wait for data are bound by the input',
    points: logTogether(
      seriesOf('data_cost', slowFrom(80, 0.01, 0.4)),
      seriesOf('batch_cost', slowFrom(80, 0.25, 0.64)),
    ),
    expected: [{ ref: 'batch_cost', step: 870, data: { bound: 'input' } }],
  },
  {
    title: 'steps that take longer without waiting are bound by the computation',
    points: logTogether(
      seriesOf('data_cost', slowFrom(80, 0.01, 0.01)),
      seriesOf('batch_cost', slowFrom(80, 0.25, 0.64)),
    ),
    expected: [{ ref: 'batch_cost', step: 870, data: { bound: 'compute' } }],
  },
  {
    title: 'single slow steps are evaluations and checkpoints',
    points: seriesOf(
      'batch_time',
      repeat(200, (i) => (i % 10 > 7 ? 6 : 0.25)),
    ),
    expected: [],
  },
  {
    title: 'a speed that is nothing but noise has no usual value to fall from',
    points: seriesOf(
      'tokens_per_second',
      repeat(3000, (i) => 9e4 * (Math.sin(i * 12.9898) * 43758.5453 - Math.floor(Math.sin(i * 12.9898) * 43758.5453))),
    ),
    expected: [],
  },
  {
    title: 'half the speed is found in steps of uneven lengths too',
    points: seriesOf(
      'tokens_per_second',
      repeat(400, (i) => (i < 300 ? 9000 : 3500) * (1 + 0.3 * Math.sin(i * 2.1))),
    ),
    expected: [{ ref: 'tokens_per_second', step: 3070 }],
  },
  {
    title: 'a slow start is a start',
    points: seriesOf(
      'ips',
      repeat(100, (i) => (i < 8 ? 500 : 60)),
    ),
    expected: [],
  },
  { title: 'a run that gets faster is welcome', points: seriesOf('ips', slowFrom(80, 30, 60)), expected: [] },
  {
    title: 'evaluation has another speed',
    points: seriesOf('val/time', slowFrom(80, 0.1, 0.9)),
    expected: [],
  },
];
