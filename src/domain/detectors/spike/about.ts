import { count, type DetectorAbout, kept, share, sigmas, type ThresholdAbout, times } from '../about.ts';

const headroom: ThresholdAbout = {
  ...times({
    en: 'Times the distance from the median to the largest recent value that a spike must exceed',
    zh: '尖峰须超过中位数与近期最大值之差的倍数',
  }),
  minimum: 0,
};

export const about: DetectorAbout<
  | 'window'
  | 'min_points'
  | 'sigmas'
  | 'log_sigmas'
  | 'factor'
  | 'part_factor'
  | 'headroom'
  | 'start_fraction'
  | 'rearm_points'
  | 'settle_points'
> = {
  title: { en: 'The loss jumps', zh: '损失突然跳升' },
  thresholds: {
    window: kept('points', {
      en: 'Last ordinary values that a new one is compared with',
      zh: '与新值比较的最近普通值个数',
    }),
    min_points: count('points', { en: 'Values needed before anything is said', zh: '开始判断前所需的值个数' }),
    sigmas: sigmas({ en: 'How far a spike stands out of the noise', zh: '尖峰须超出噪声多少' }),
    log_sigmas: sigmas({
      en: 'The same for logarithms of the values, whose noise is more even',
      zh: '同上，按值的对数计算（其噪声更均匀）',
    }),
    factor: times({ en: 'Times the median that the total loss must exceed', zh: '总损失须超过中位数的倍数' }),
    part_factor: times({
      en: 'The same for a part of the loss, watched where no total is logged',
      zh: '同上，用于损失分量（仅在未记录总损失时监测）',
    }),
    headroom,
    start_fraction: share({
      en: 'Least height of a spike, as a share of the level at which the run began',
      zh: '尖峰的最小高度，占训练起始水平的比例',
    }),
    rearm_points: count('points', { en: 'Ordinary values between two spikes', zh: '两次尖峰之间的普通值个数' }),
    settle_points: count('points', {
      en: 'Raised values in a row that are a new level instead of a spike',
      zh: '连续升高这么多个值则视为新水平而非尖峰',
    }),
  },
};
