import { describe, expect, it } from 'vitest';
import { type CaptureTrend, captureDrift } from '../../../../src/domain/dfl/capture-drift.ts';

const even = Array.from({ length: 16 }, () => 20);
const piled = even.map((count, bin) => (bin === 15 ? 500 : count / 20));

function captures(length: number, at: (index: number) => Partial<CaptureTrend>): CaptureTrend[] {
  return Array.from({ length }, (_, index) => ({
    ...{ id: `c${String(index).padStart(3, '0')}`, step: index * 100, rank: 0 },
    ...{ clipShare: 0.03, entropyMean: 2.8 * 0.97 ** index, histogram: even, difference: 2e-7 },
    ...at(index),
  }));
}
const found = (given: CaptureTrend[]) => captureDrift(given).map(({ id, step }) => ({ id, step }));

describe('captureDrift', () => {
  it('says nothing of healthy captures, whose predictions get sharper, nor of few', () => {
    expect(found(captures(60, (i) => ({ clipShare: 0.03 + 0.02 * (i % 3) })))).toEqual([]);
    expect(found(captures(12, () => ({ clipShare: 0.9 })))).toEqual([]);
  });

  it.each<[string, (index: number) => Partial<CaptureTrend>]>([
    ['dfl.clip-rate-drift', (i) => ({ clipShare: i < 20 ? 0.03 : 0.15 })],
    ['dfl.occupancy-drift', (i) => ({ histogram: i < 20 ? even : piled })],
    ['dfl.entropy-drift', (i) => ({ entropyMean: i < 20 ? 2.5 : 0.01 })],
    ['dfl.difference-drift', (i) => ({ difference: i < 20 ? 2e-7 : 8e-4 })],
  ])('%s is told once most of the last captures show it, in whatever order they came', (id, at) => {
    const given = captures(40, at);
    expect(found(given)).toEqual([{ id, step: 2200 }]);
    expect(found(given.toReversed())).toEqual([{ id, step: 2200 }]);
  });

  it('judges ranks apart, and single captures out of line as nothing', () => {
    expect(found(captures(40, (i) => ({ clipShare: i % 10 === 9 ? 0.9 : 0.03 })))).toEqual([]);
    const mixed = captures(40, (i) => ({ rank: i % 2, clipShare: i % 2 === 0 ? 0.02 : 0.4 }));
    expect(found(mixed)).toEqual([]);
  });
});
