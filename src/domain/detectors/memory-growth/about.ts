import { count, type DetectorAbout, growth, kept, level, share } from '../about.ts';

export const about: DetectorAbout<'block_points' | 'blocks' | 'block_growth' | 'total_growth' | 'limit'> = {
  title: { en: 'Memory grows without a pause', zh: '内存不断增长' },
  thresholds: {
    block_points: count('points', { en: 'Values of one block', zh: '每个区段的值个数' }),
    blocks: kept('blocks', { en: 'Blocks that must each lie above the one before', zh: '须逐个升高的区段数' }),
    block_growth: share({
      en: 'Growth from block to block, as a share of the first',
      zh: '相邻区段的增长，占首个区段的比例',
    }),
    total_growth: growth({
      en: 'Growth over all of them, as a share of the first',
      zh: '全部区段的总增长，占首个区段的比例',
    }),
    limit: level({
      en: 'Memory there is, in the unit of the metric: tells when it will be full. 0: not known',
      zh: '内存总量（单位与指标相同），用于推算何时用尽；0 表示未知',
    }),
  },
};
