import { count, type DetectorAbout, level } from '../about.ts';

export const about: DetectorAbout<'smallest' | 'points'> = {
  title: { en: 'The gradient vanishes', zh: '梯度消失' },
  thresholds: {
    smallest: level({ en: 'Norm below which there is no gradient', zh: '低于此范数即视为没有梯度' }),
    points: count('points', { en: 'Values in a row', zh: '连续的值个数' }),
  },
};
