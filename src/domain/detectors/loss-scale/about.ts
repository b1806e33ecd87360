import { type DetectorAbout, level, times } from '../about.ts';

export const about: DetectorAbout<'smallest' | 'factor'> = {
  title: { en: 'The loss scale collapses', zh: '损失缩放系数崩溃' },
  thresholds: {
    smallest: level({ en: 'Scale at or below which nothing is left', zh: '缩放系数降到此值或以下即视为耗尽' }),
    factor: times({
      en: 'How many times smaller it becomes without a pause: more than a start needs',
      zh: '一路缩小到多少分之一视为崩溃（超出正常启动所需）',
    }),
  },
};
