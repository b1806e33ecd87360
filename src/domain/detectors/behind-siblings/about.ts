import { count, type DetectorAbout, growth, share, sigmas } from '../about.ts';

export const about: DetectorAbout<'behind_share' | 'least_progress' | 'sigmas' | 'min_points'> = {
  title: {
    en: 'The loss stands still above that of finished runs with the same config',
    zh: '损失停滞，且高于配置相同的已完成运行',
  },
  thresholds: {
    behind_share: growth({
      en: 'Share by which the loss must lie above that of every such run at the same step',
      zh: '同一步上，损失须比每个此类运行高出的比例',
    }),
    least_progress: share({
      en: 'Share of the loss below which its progress still counts as none',
      zh: '进展低于损失的这个比例即视为没有进展',
    }),
    sigmas: sigmas({ en: 'How far the difference stands out of the noise', zh: '差距须超出噪声多少' }),
    min_points: count('points', { en: 'Values before which nothing is said', zh: '经过这么多个值之后才作判断' }),
  },
};
