import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createArena, type Loan, stagingBytes, stagingStart } from '../../../../src/kernels/dfl/cpu/arena.ts';

/** 64 MiB: half of it is lent. */
const pages = 1024;

describe('createArena', () => {
  it('lends pieces that are aligned, apart from each other and from the staging piece', () => {
    const arena = createArena(pages);
    const loans = [1, 64, 65, 1000].map((bytes) => arena.lend(bytes) as Loan);
    expect(loans.map(({ bytes }) => bytes.length)).toEqual([1, 64, 65, 1000]);
    let end = stagingStart + stagingBytes;
    for (const { bytes } of loans) {
      expect(bytes.byteOffset % 64).toBe(0);
      expect(bytes.byteOffset).toBeGreaterThanOrEqual(end);
      expect(bytes.buffer).toBe(arena.memory.buffer);
      end = bytes.byteOffset + bytes.length;
    }
  });

  it('answers null when no piece is large enough, and lends again what came back', () => {
    const arena = createArena(pages);
    const half = arena.lend(20 * 2 ** 20);
    expect(half).not.toBeNull();
    expect(arena.lend(20 * 2 ** 20)).toBeNull();
    half?.free();
    half?.free();
    expect(arena.lend(20 * 2 ** 20)?.bytes.byteOffset).toBe(half?.bytes.byteOffset);
  });

  it('never lends a byte twice, and is whole again when all came back, in whatever order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 300_000 }), fc.nat())), (steps) => {
        const arena = createArena(pages);
        const all = arena.lend(30 * 2 ** 20);
        all?.free();
        const lent: Loan[] = [];
        for (const [bytes, choice] of steps) {
          if (choice % 3 === 0) lent.splice(choice % Math.max(1, lent.length), 1)[0]?.free();
          const loan = arena.lend(bytes);
          if (loan) lent.push(loan);
          const spans = lent.map(({ bytes: { byteOffset, length } }) => [byteOffset, byteOffset + length] as const);
          spans.sort(([a], [b]) => a - b);
          for (const [i, [start]] of spans.entries()) expect(start).toBeGreaterThanOrEqual(spans[i - 1]?.[1] ?? 0);
        }
        for (const loan of lent) loan.free();
        expect(arena.lend(30 * 2 ** 20)?.bytes.byteOffset).toBe(all?.bytes.byteOffset);
      }),
      { numRuns: 100 },
    );
  });
});
