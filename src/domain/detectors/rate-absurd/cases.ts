import { seriesOf } from '../case-points.ts';
import type { DetectorCase } from '../detector.ts';

export const cases: DetectorCase[] = [
  {
    title: 'a rate that no optimiser survives is reported',
    points: seriesOf('lr', [25, 25, 25]),
    expected: [{ ref: 'lr', step: 0, data: { threshold: 10 } }],
  },
  {
    title: 'a rate made for many cards on one is reported when the config tells the batch',
    points: seriesOf('lr', [0.001, 0.1, 0.2]),
    context: { batchSize: 2, worldSize: 1 },
    expected: [{ ref: 'lr', step: 10, data: { images: 2 } }],
  },
  {
    title: 'the same rate on the cards it was made for is right',
    points: seriesOf('lr', [0.001, 0.1, 0.2]),
    context: { batchSize: 32, worldSize: 8 },
    expected: [],
  },
];
