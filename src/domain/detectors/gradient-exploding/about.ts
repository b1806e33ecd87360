import { count, type DetectorAbout, kept, level, times } from '../about.ts';

export const about: DetectorAbout<'factor' | 'floor' | 'points' | 'window'> = {
  title: { en: 'The gradient explodes', zh: '梯度爆炸' },
  thresholds: {
    factor: times({ en: 'Times the usual norm', zh: '平常范数的倍数' }),
    floor: level({ en: 'Norms below this are no explosion', zh: '低于此值的范数不算爆炸' }),
    points: count('points', { en: 'Values in a row', zh: '连续的值个数' }),
    window: kept('points', {
      en: 'Last ordinary norms whose median is the usual one',
      zh: '取中位数作为平常范数的最近普通值个数',
    }),
  },
};
