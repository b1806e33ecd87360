import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DflOffender } from '../../../../src/contracts/dfl.ts';
import { compareOffenders } from '../../../../src/kernels/dfl/contract.ts';
import { findWorstOffenders } from '../../../../src/kernels/dfl/worst-offenders.ts';

describe('findWorstOffenders', () => {
  it.each([
    { order: 'rising', value: (i: number) => 20 + i / 1e4 },
    { order: 'falling', value: (i: number) => 5000 - i / 1e4 },
    { order: 'equal', value: () => -3 },
    { order: 'mixed with NaN', value: (i: number) => (i % 97 === 0 ? Number.NaN : -1 - ((i * 7919) % 5003) / 7) },
  ])('keeps what sorting all of 10,000 $order targets would keep', ({ value }) => {
    const all = Array.from({ length: 10_000 }, (_, i) => offender(i, value(i)));
    expect(worst(all)).toEqual(sortedAndCut(all));
  });

  it('keeps what sorting would keep for any targets', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: 17, max: 40 }), fc.double({ min: -50, max: -1 })), {
          minLength: 900,
          maxLength: 4000,
        }),
        (targets) => {
          const all = targets.map((target, i) => offender(i, target));
          expect(worst(all)).toEqual(sortedAndCut(all));
        },
      ),
      { numRuns: 20 },
    );
  });
});

const lo = 0;
const hi = 17;

function offender(at: number, target: number): DflOffender {
  return { row: at >> 2, side: (at & 3) as DflOffender['side'], target };
}

function worst(all: DflOffender[]): DflOffender[] {
  const target = Float64Array.from(all, (entry) => entry.target);
  return findWorstOffenders({ target, sides: 4, lo, bins: hi - lo });
}

function sortedAndCut(all: DflOffender[]): DflOffender[] {
  return [...all].sort((a, b) => compareOffenders(a, b, lo, hi)).slice(0, 100);
}
