import { count, type DetectorAbout, growth, share } from '../about.ts';

export const about: DetectorAbout<'rise' | 'patience' | 'fall'> = {
  title: { en: 'Overfitting', zh: '过拟合' },
  thresholds: {
    rise: growth({
      en: 'Rise of the evaluation loss, as a share of its best',
      zh: '验证损失的上升幅度，占其最好值的比例',
    }),
    patience: count('evaluations', { en: 'Evaluations in a row above the best', zh: '连续高于最好值的评估次数' }),
    fall: share({ en: 'Fall of the training loss meanwhile, as a share of it', zh: '其间训练损失的下降比例' }),
  },
};
