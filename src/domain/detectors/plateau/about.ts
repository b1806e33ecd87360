import { count, type DetectorAbout, share, sigmas } from '../about.ts';

export const about: DetectorAbout<
  | 'stopped_share'
  | 'steady_share'
  | 'steadiness'
  | 'material_share'
  | 'sigmas'
  | 'least_progress'
  | 'min_points'
  | 'usual_share'
  | 'ended_rate'
> = {
  title: { en: 'The loss stops falling', zh: '损失停止下降' },
  thresholds: {
    stopped_share: share({
      en: 'Share of the expected progress below which the loss counts as stopped',
      zh: '实际进展低于预期进展的这个比例即视为停滞',
    }),
    steady_share: share({
      en: 'Share of all progress that the time just before the stop must have made',
      zh: '停滞前一段时间的进展至少占全部进展的比例',
    }),
    steadiness: share({
      en: 'How even that progress must have been: its smallest step as a share of its largest',
      zh: '该段进展须有多均匀：最小一步与最大一步之比',
    }),
    material_share: share({
      en: 'How much that progress must have been, as a share of the loss at the start',
      zh: '该段进展至少占起始损失的比例',
    }),
    sigmas: sigmas({ en: 'How far the missing progress stands out of the noise', zh: '缺失的进展须超出噪声多少' }),
    least_progress: share({
      en: 'Share of the loss at the start below which nothing was learned at all',
      zh: '进展低于起始损失的这个比例即视为完全没有学到东西',
    }),
    min_points: count('points', {
      en: 'Values after which a run may be said to have learned nothing; half of them are enough for a stop',
      zh: '经过这么多个值才可判断训练毫无进展；判断停滞只需一半',
    }),
    usual_share: share({
      en: 'A loss at most this share above where finished runs with the same config ended is where it should be',
      zh: '损失比配置相同的已完成运行的最终水平最多高出这个比例时，视为正常',
    }),
    ended_rate: share({
      en: 'Share of its highest value below which the learning rate ends the run on purpose',
      zh: '学习率低于其最高值的这个比例即视为有意结束训练',
    }),
  },
};
