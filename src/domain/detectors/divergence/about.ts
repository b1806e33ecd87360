import { count, type DetectorAbout, kept, share, sigmas, times } from '../about.ts';

export const about: DetectorAbout<
  | 'min_points'
  | 'raised_factor'
  | 'sustained_points'
  | 'factor'
  | 'explosive_factor'
  | 'explosive_points'
  | 'sigmas'
  | 'start_fraction'
> = {
  title: { en: 'The loss grows for good', zh: '损失持续上升' },
  thresholds: {
    min_points: count('points', { en: 'Values needed before anything is said', zh: '开始判断前所需的值个数' }),
    raised_factor: times({
      en: 'Times its best from which on the loss counts as raised',
      zh: '损失超过其最好水平的多少倍即视为升高',
    }),
    sustained_points: kept('points', { en: 'How long it must stay raised', zh: '升高须持续的点数' }),
    factor: times({ en: 'Times its best that it must reach by then', zh: '届时须达到最好水平的倍数' }),
    explosive_factor: times({
      en: 'Times its best at which a shorter stretch is enough',
      zh: '达到最好水平的这个倍数时，较短的持续时间即可',
    }),
    explosive_points: kept('points', { en: 'How long that shorter stretch is', zh: '该较短持续时间的点数' }),
    sigmas: sigmas({ en: 'How far the rise stands out of the noise', zh: '上升须超出噪声多少' }),
    start_fraction: share({
      en: 'Least rise, as a share of the level at which the run began',
      zh: '最小上升幅度，占训练起始水平的比例',
    }),
  },
};
