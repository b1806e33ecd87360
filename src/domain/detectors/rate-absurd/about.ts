import { count, type DetectorAbout, level, times } from '../about.ts';

export const about: DetectorAbout<'largest' | 'scaled_rate' | 'scaled_images' | 'scaled_factor' | 'least'> = {
  title: { en: 'The learning rate is absurd', zh: '学习率异常' },
  thresholds: {
    largest: level({ en: 'Rate above which no optimiser survives', zh: '任何优化器都无法承受的学习率' }),
    scaled_rate: level({
      en: 'Rate that the linear scaling rule gives for the number of images below',
      zh: '线性缩放规则对下述图像数给出的学习率',
    }),
    scaled_images: count('images', {
      en: 'Images of one step that this rate belongs to',
      zh: '该学习率对应的每步图像数',
    }),
    scaled_factor: times({ en: 'Times the rate of that rule that is absurd', zh: '超过该规则学习率的多少倍视为异常' }),
    least: level({ en: 'Rates below this are never absurd', zh: '低于此值的学习率不会视为异常' }),
  },
};
