import { count, type DetectorAbout, level } from '../about.ts';

export const about: DetectorAbout<'largest' | 'smallest' | 'points'> = {
  title: { en: 'Updates do not fit their weights', zh: '更新量与权重不相称' },
  thresholds: {
    largest: level({ en: 'Largest ratio of update to weight', zh: '更新与权重之比的上限' }),
    smallest: level({ en: 'Smallest ratio of update to weight', zh: '更新与权重之比的下限' }),
    points: count('points', { en: 'Values in a row outside of them', zh: '连续越界的值个数' }),
  },
};
