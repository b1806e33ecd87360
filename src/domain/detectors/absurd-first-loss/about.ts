import { type DetectorAbout, level, times } from '../about.ts';

export const about: DetectorAbout<'dfl_factor' | 'largest_total'> = {
  title: { en: 'The first loss is absurd', zh: '首个损失值异常' },
  thresholds: {
    dfl_factor: times({
      en: 'Times the loss_dfl of a fresh model (ln K) that the first one may be',
      zh: '首个 loss_dfl 最多可为刚初始化模型（ln K）的倍数',
    }),
    largest_total: level({ en: 'Largest total loss that a run may begin with', zh: '训练起始时允许的最大总损失' }),
  },
};
