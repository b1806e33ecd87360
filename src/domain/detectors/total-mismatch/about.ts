import { count, type DetectorAbout, kept, share, times } from '../about.ts';

export const about: DetectorAbout<'learned_steps' | 'learned_error' | 'tolerance' | 'error_factor' | 'steps'> = {
  title: { en: 'The total is not the sum of its parts', zh: '总损失与各分量之和不符' },
  thresholds: {
    learned_steps: kept('steps', { en: 'First steps that the weights are learned from', zh: '用于学习权重的起始步数' }),
    learned_error: share({
      en: 'Largest error, as a share of the total, at which the learned weights are believed',
      zh: '认可所学权重的最大误差（占总损失的比例）',
    }),
    tolerance: share({
      en: 'Error, as a share of the total, that is still right',
      zh: '仍视为正确的误差（占总损失的比例）',
    }),
    error_factor: times({
      en: 'Times the largest error of those first steps that is still right',
      zh: '仍视为正确的误差，相对于起始步中最大误差的倍数',
    }),
    steps: count('steps', { en: 'Wrong steps in a row', zh: '连续出错的步数' }),
  },
};
