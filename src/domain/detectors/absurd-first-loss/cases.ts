import { seriesOf } from '../case-points.ts';
import type { DetectorCase } from '../detector.ts';

export const cases: DetectorCase[] = [
  {
    title: 'loss_dfl far above ln 17 at the first line is reported, with K assumed',
    points: seriesOf('loss_dfl', [4821.5, 5000]),
    expected: [
      {
        ref: 'loss_dfl',
        step: 0,
        data: { expected: Math.log(17), ratio: 4821.5 / Math.log(17), bins: 17, bins_assumed: true },
      },
    ],
  },
  {
    title: 'a known K is used instead',
    points: seriesOf('train/loss_dfl', [9]),
    context: { bins: 8 },
    expected: [{ ref: 'train/loss_dfl', step: 0, data: { expected: Math.log(8), bins_assumed: false } }],
  },
  {
    title: 'a total loss in the millions at the first line is reported',
    points: seriesOf('loss', [77_500_000_000, 4]),
    expected: [{ ref: 'loss', step: 0, data: { threshold: 1e6, expected: null } }],
  },
  {
    title: 'the sum of two heads at the start is not absurd',
    points: seriesOf('loss_dfl', [2 * Math.log(17)]),
    expected: [],
  },
  {
    title: 'only the first value counts',
    points: [...seriesOf('loss_dfl', [2.83, 4821.5]), ...seriesOf('loss', [6, 1e9])],
    expected: [],
  },
  {
    title: 'nothing is assumed of a DFL that another trainer weights, unless K is known',
    points: seriesOf('train/dfl_loss', [12]),
    expected: [],
  },
];
