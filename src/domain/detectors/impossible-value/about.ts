import { type DetectorAbout, level } from '../about.ts';

export const about: DetectorAbout<'tolerance'> = {
  title: { en: 'A loss that its formula cannot give', zh: '损失超出其公式的可能取值' },
  thresholds: {
    tolerance: level({
      en: 'How far above 2 a loss_iou may be: room for rounding',
      zh: 'loss_iou 可超过 2 的幅度（舍入余量）',
    }),
  },
};
