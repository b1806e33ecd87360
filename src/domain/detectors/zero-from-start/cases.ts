import { logTogether, repeat, seriesOf } from '../case-points.ts';
import type { DetectorCase } from '../detector.ts';

const total = seriesOf(
  'loss',
  repeat(40, (i) => 3 * 0.98 ** i),
);
const zeros = repeat(40, () => 0);

export const cases: DetectorCase[] = [
  {
    title: 'a part that is zero for its first twenty points while the total moves is reported once',
    points: logTogether(total, seriesOf('loss_dfl', zeros)),
    expected: [{ ref: 'loss_dfl', step: 190, data: { points: 20 } }],
  },
  {
    title: 'ranks are judged apart',
    points: logTogether(
      total,
      seriesOf('loss_iou', zeros),
      seriesOf(
        'loss',
        repeat(40, () => 3),
        1,
      ),
      seriesOf('loss_iou', zeros, 1),
    ),
    expected: [{ ref: 'loss_iou', step: 190 }],
  },
  {
    title: 'where no total is logged, another part shows that the run is alive',
    points: logTogether(
      seriesOf(
        'train/cls_loss',
        repeat(40, (i) => 3 * 0.98 ** i),
      ),
      seriesOf('train/box_loss', zeros),
    ),
    expected: [{ ref: 'train/box_loss', step: 190 }],
  },
  {
    title: 'parts that are zero by formulation: one class, annealed, adversarial, distilled, measured on other data',
    points: logTogether(
      total,
      ...['train/cls_loss', 'loss_kl', 'loss_gan', 'loss_distill', 'val/box_loss', 'moe_aux_loss'].map((name) =>
        seriesOf(name, zeros),
      ),
    ),
    expected: [],
  },
  {
    title: 'one value beside zero is enough to be alive',
    points: logTogether(
      total,
      seriesOf(
        'loss_dfl',
        repeat(40, (i) => (i === 5 ? 1e-9 : 0)),
      ),
    ),
    expected: [],
  },
  {
    title: 'a part that falls to zero later was learned or switched off',
    points: logTogether(
      total,
      seriesOf(
        'loss_cls',
        repeat(40, (i) => (i < 3 ? 1 : 0)),
      ),
    ),
    expected: [],
  },
  {
    title: 'a total that never moves is no evidence that the run is alive',
    points: logTogether(
      seriesOf(
        'loss',
        repeat(40, () => 0),
      ),
      seriesOf('loss_cls', zeros),
    ),
    expected: [],
  },
  {
    title: 'a part logged for the record only, or auxiliary, may be zero',
    points: logTogether(total, seriesOf('loss_l1', zeros), seriesOf('loss_aux', zeros)),
    expected: [],
  },
];
