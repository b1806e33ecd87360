import { logTogether, seriesOf } from '../case-points.ts';
import type { DetectorCase } from '../detector.ts';

const dfl = seriesOf('loss_dfl', [2.83, 2.5, 2.4]);

export const cases: DetectorCase[] = [
  {
    title: 'the first logged value already counts, and says when the number of ranks is unknown',
    points: logTogether(seriesOf('loss_iou', [19285322704, 0.9, 31]), dfl),
    expected: [
      { ref: 'loss_iou', step: 0, data: { value: 19285322704, limit: 2, world_size: null, world_size_known: false } },
    ],
  },
  {
    title: 'on one rank it is certain',
    points: logTogether(dfl, seriesOf('loss_iou', [0.9, 2.25, 0.8])),
    context: { worldSize: 1 },
    expected: [{ ref: 'loss_iou', step: 10, data: { world_size: 1, world_size_known: true } }],
  },
  {
    title: 'on several ranks the bound does not hold',
    points: logTogether(dfl, seriesOf('loss_iou', [0.9, 2.25, 0.8])),
    context: { worldSize: 4 },
    expected: [],
  },
  {
    title: 'two and a rounding error is possible',
    points: logTogether(dfl, seriesOf('loss_iou', [2, 2.0000002, 1.9])),
    expected: [],
  },
  {
    title: 'a head without distributions weights its loss_iou otherwise',
    points: logTogether(seriesOf('loss_iou', [9.5, 8.2]), seriesOf('loss_xy', [1.1, 1]), seriesOf('loss_obj', [12, 9])),
    expected: [],
  },
];
