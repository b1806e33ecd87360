import { logTogether, repeat, seriesOf } from '../case-points.ts';
import type { DetectorCase } from '../detector.ts';

const parts: Record<string, number[]> = {
  loss_cls: repeat(60, (i) => 1 + 0.3 * (i % 4)),
  loss_iou: repeat(60, (i) => 0.8 + 0.1 * (i % 3)),
  loss_dfl: repeat(60, (i) => 1.5 + 0.05 * (i % 7)),
};

function run(weights: number[], names = Object.keys(parts), factor: (i: number) => number = () => 1, prefix = '') {
  const total = repeat(
    60,
    (i) => factor(i) * names.reduce((sum, name, index) => sum + (weights[index] ?? 0) * (parts[name]?.[i] ?? 0), 0),
  );
  return logTogether(
    seriesOf(`${prefix}loss`, total),
    ...names.map((name) => seriesOf(`${prefix}${name}`, parts[name] ?? [])),
  );
}

export const cases: DetectorCase[] = [
  {
    title: "PP-YOLOE's total that no longer fits its parts is reported at the first wrong step",
    points: run([1, 2.5, 0.5], undefined, (i) => (i < 40 ? 1 : 1.3)),
    expected: [{ ref: 'loss', step: 400, data: { weights: [1, 2.5, 0.5], steps: 3 } }],
  },
  {
    title: 'weights that nobody told are learned from the first lines',
    points: run([0.7, 5, 2], undefined, (i) => (i < 40 ? 1 : 0.8), 'train/'),
    expected: [{ ref: 'train/loss', step: 400 }],
  },
  { title: 'a total that fits is right', points: run([1, 2.5, 0.5]), expected: [] },
  {
    title: 'a total with a part that is not logged says nothing',
    points: logTogether(
      seriesOf(
        'loss',
        repeat(60, (i) => 3 + 5 * Math.sin(i * i) ** 2),
      ),
      seriesOf('loss_cls', parts.loss_cls ?? []),
    ),
    expected: [],
  },
  {
    title: 'single lines that do not add up are roundings',
    points: run([1, 1, 1], undefined, (i) => (i % 10 === 9 && i > 30 ? 1.5 : 1)),
    expected: [],
  },
];
