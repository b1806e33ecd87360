import { repeat, seriesOf } from '../case-points.ts';
import type { DetectorCase } from '../detector.ts';

export const cases: DetectorCase[] = [
  {
    title: 'memory that grows with every step is reported once',
    points: seriesOf(
      'gpu_mem',
      repeat(400, (i) => 4000 + 12 * i),
    ),
    expected: [{ ref: 'gpu_mem', step: 0, data: { full_at_step: null } }],
  },
  {
    title: 'memory that grows at the start and stays is cached',
    points: seriesOf(
      'memory',
      repeat(600, (i) => 3000 + 50 * Math.min(i, 60)),
    ),
    expected: [],
  },
  {
    title: 'a peak that rises now and then as larger images come is ordinary',
    points: seriesOf(
      'max_mem_reserved',
      repeat(600, (i) => 6000 + 800 * Math.floor(i / 90)),
    ),
    expected: [],
  },
];
