import { count, type DetectorAbout, times } from '../about.ts';

export const about: DetectorAbout<'start_points' | 'idle_points' | 'collapse_factor'> = {
  title: { en: 'The learning rate is 0 or collapsed', zh: '学习率为 0 或骤降' },
  thresholds: {
    start_points: count('points', { en: 'Zeros in a row at the start of a run', zh: '训练开始时连续为 0 的个数' }),
    idle_points: count('points', {
      en: 'Values in a row at 0, or after a collapse, later on',
      zh: '之后为 0 或骤降后连续的值个数',
    }),
    collapse_factor: times({
      en: 'How many times smaller the rate becomes at once in a collapse',
      zh: '学习率一次缩小到多少分之一视为骤降',
    }),
  },
};
