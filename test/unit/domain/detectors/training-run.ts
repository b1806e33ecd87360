import type { DetectorPoint } from '../../../../src/domain/detectors/detector.ts';
import { randomFrom } from '../../../support/story.ts';

export interface TrainingRun {
  seed: number;
  points: number;
  /** Standard deviation of the losses' logarithm. */
  noise?: number;
  /** The losses go back towards their start every so many points, as under a cyclic learning rate. */
  restartEvery?: number;
}

/** What a healthy PP-YOLOE run logs: a warm-up bump, noisy decay to a floor, one point in a hundred three times too high. */
export function trainingRun({ seed, points, noise = 0.25, restartEvery = points }: TrainingRun): DetectorPoint[] {
  const random = randomFrom(seed);
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Array.from({ length: points }, (_, index) => {
    const decay = Math.exp(-(index % restartEvery) / (points / 6));
    const bump = 1 + 0.8 * Math.exp(-(((index - 25) / 10) ** 2));
    const around = (level: number) => level * bump * Math.exp(noise * gauss()) * (random() < 0.01 ? 3 : 1);
    const cls = around(0.4 + 1.9 * decay);
    const iou = Math.min(1.9, around(0.25 + 0.6 * decay));
    const dfl = index === 0 ? Math.log(17) : around(0.8 + 2 * decay);
    const values = {
      learning_rate: 0.01 * decay,
      loss: cls + 2.5 * iou + 0.5 * dfl,
      loss_cls: cls,
      loss_iou: iou,
      loss_dfl: dfl,
      loss_l1: around(0.5),
    };
    return Object.entries(values).map(([name, value]) => ({ step: index * 10, rank: 0, name, value, windowed: true }));
  }).flat();
}
