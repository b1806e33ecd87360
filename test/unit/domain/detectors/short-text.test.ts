// What eight pasted lines of a log show, and what they do not.
import { describe, expect, it } from 'vitest';
import { findShortRises } from '../../../../src/domain/detectors/short-text.ts';
import type { ParsedPoint } from '../../../../src/domain/parsing/types.ts';

function pointsOf(name: string, values: number[], rank = 0): ParsedPoint[] {
  return values.map((value, place) => ({
    step: place * 10,
    rank,
    names: [name],
    values: [value],
    line: place,
    format: 'plain',
  }));
}

describe('findShortRises()', () => {
  it('reports a loss that leaves its level for good, from its best step to its last', () => {
    const [finding, ...others] = findShortRises(pointsOf('loss', [0.79, 0.76, 0.74, 13.4, 26.6, 26.6, 26.6]));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ id: 'metric.diverging', ref: 'loss', rank: 0, step: 60 });
    expect(finding?.data).toMatchObject({ name: 'loss', from_step: 20, best: 0.74, current: 26.6 });
  });

  it.each([
    ['a spike that comes down', [2, 1.9, 1.8, 40, 1.8, 1.7, 1.7]],
    ['a rise of the last two points', [2, 1.9, 1.8, 1.7, 1.7, 40, 60]],
    ['a rise to where the text began', [30, 8, 2, 1, 20, 25, 28]],
    ['a healthy fall', [6, 5, 4, 3, 2.5, 2.2, 2.1]],
    ['a best value at the head, as of an excerpt that begins late', [1, 9, 9, 9, 9, 9, 9]],
    ['a loss that may be negative', [-1, -2, -3, 5, 9, 12, 20]],
    ['a loss that is not finite: another class', [2, 1.9, 1.8, Number.NaN, Number.NaN, Number.NaN, Number.NaN]],
    ['five points', [2, 1, 30, 40, 50]],
  ])('says nothing of %s', (_, values) => {
    expect(findShortRises(pointsOf('loss', values))).toEqual([]);
  });

  it('leaves longer series to the detector', () => {
    const values = Array.from({ length: 20 }, (_, place) => (place < 8 ? 2 - place / 10 : 50));
    expect(findShortRises(pointsOf('loss', values.slice(0, 19)))).toHaveLength(1);
    expect(findShortRises(pointsOf('loss', values))).toEqual([]);
  });

  it('watches parts only where no total is logged, and each rank by itself', () => {
    const rise = [2, 1.9, 1.8, 40, 50, 60];
    const flat = [2, 1.9, 1.8, 1.7, 1.7, 1.6];
    expect(findShortRises(pointsOf('loss_cls', rise)).map(({ ref }) => ref)).toEqual(['loss_cls']);
    expect(findShortRises([...pointsOf('loss_cls', rise), ...pointsOf('loss', flat)])).toEqual([]);
    expect(findShortRises([...pointsOf('loss', flat), ...pointsOf('loss', rise, 1)]).map(({ rank }) => rank)).toEqual([
      1,
    ]);
  });

  it('does not judge an evaluation or a learning rate', () => {
    const rise = [2, 1.9, 1.8, 40, 50, 60];
    expect(findShortRises([...pointsOf('val_loss', rise), ...pointsOf('learning_rate', rise)])).toEqual([]);
  });
});
