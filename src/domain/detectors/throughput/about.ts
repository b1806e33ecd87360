import { count, type DetectorAbout, kept, share } from '../about.ts';

export const about: DetectorAbout<'skipped_points' | 'window' | 'share' | 'usual_share' | 'points' | 'data_share'> = {
  title: { en: 'Training becomes slower', zh: '训练变慢' },
  thresholds: {
    skipped_points: count('points', {
      en: 'First values left out, in which caches and kernels warm up',
      zh: '略去的起始值个数（缓存与内核预热阶段）',
    }),
    window: kept('points', { en: 'Values whose median is the present speed', zh: '取中位数作为当前速度的值个数' }),
    share: share({
      en: 'Share of its best below which the speed is too low',
      zh: '速度低于最好水平的这个比例即视为过慢',
    }),
    usual_share: share({
      en: 'Share of the earlier single speeds that may have been as low',
      zh: '此前单次速度中允许同样低的比例',
    }),
    points: count('points', { en: 'Slow values in a row', zh: '连续过慢的值个数' }),
    data_share: share({
      en: 'Share of the added time spent waiting for data, above which the input pipeline is to blame',
      zh: '新增耗时中等待数据的比例超过此值则归因于输入流水线',
    }),
  },
};
