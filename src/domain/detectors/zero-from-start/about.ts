import { count, type DetectorAbout } from '../about.ts';

export const about: DetectorAbout<'min_zeros'> = {
  title: { en: 'A part of the loss is 0 from the start', zh: '某个损失分量从一开始就是 0' },
  thresholds: {
    min_zeros: count('points', { en: 'Zeros in a row from the first value on', zh: '从第一个值起连续为 0 的个数' }),
  },
};
