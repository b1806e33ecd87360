import { count, type DetectorAbout } from '../about.ts';

export const about: DetectorAbout<'finite_run'> = {
  title: { en: 'A loss is NaN or infinite', zh: '损失为 NaN 或无穷大' },
  thresholds: {
    finite_run: count('points', {
      en: 'Finite values in a row after which the next NaN counts as a new onset',
      zh: '连续出现这么多个有限值之后，再出现 NaN 才算新的一次',
    }),
  },
};
