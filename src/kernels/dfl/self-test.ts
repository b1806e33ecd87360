// A handful of cases that a backend must compute like the reference before it is used: a driver that answers wrong numbers without an
// error is worse than none.
import { findDifference } from './compare-recomputations.ts';
import type { DflBackend, DflInput, Float32DflInput } from './contract.ts';
import { lossRuleOf } from './loss-rule.ts';

/** Null when the backend agrees with the reference on every case, else the reason it may not be used. */
export async function selfTest(backend: DflBackend): Promise<string | null> {
  const cases = selfTestCases();
  try {
    const results = await backend.recompute(cases.map(({ input }) => input));
    for (const [i, { name, input }] of cases.entries()) {
      const result = results[i];
      const difference = result ? findDifference(result, input) : 'no result';
      if (difference) return `self-test "${name}" failed: ${difference}`;
    }
    return null;
  } catch (error) {
    return `self-test failed: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Every case is float32: what a backend must be able to compute. */
export function selfTestCases(): { name: string; input: DflInput }[] {
  const ordinary = makeInput(9, 17, 0);
  const wide = makeInput(3, 256, -20);
  const extreme = makeInput(4, 8, -2);
  extreme.predDist.set([1e30, -1e30, 80, -80], 3);
  extreme.predDist.fill(5, 32, 40);
  const confident = makeInput(3, 17, 0);
  confident.predDist.fill(-12);
  for (let i = 0; i < 12; i++) confident.predDist[i * 17 + Math.floor(confident.target[i] as number)] = 12;
  const broken = makeInput(5, 17, 0);
  broken.predDist.set([Number.NaN, Number.POSITIVE_INFINITY], 20);
  broken.target.set([Number.NaN, -1.5, 16, 1e30, 0, 15.99], 4);
  const angle = { ...makeInput(4, 91, 0), sides: 1 as const, weight: null };
  return [
    {
      name: 'ordinary logits in three groups',
      input: { ...ordinary, group: Uint8Array.of(0, 1, 2, 2, 1, 0, 0, 1, 2), groups: 3 },
    },
    {
      name: '256 bins below zero',
      input: { ...wide, ...lossRuleOf('gfl', { positives: 3, hi: 236, normalizer: 0.5 }) },
    },
    { name: 'extreme and equal logits', input: { ...extreme, weight: null } },
    { name: 'confident predictions', input: confident },
    { name: 'two bins', input: makeInput(2, 2, 0) },
    { name: 'targets out of range, values not finite', input: broken },
    {
      name: 'angles',
      input: { ...angle, predDist: angle.predDist.subarray(0, 364), target: angle.target.subarray(0, 4) },
    },
  ];
}

/** Smooth values without a pattern that an indexing mistake would survive. */
function makeInput(positives: number, bins: number, lo: number): Float32DflInput {
  const wave = (i: number) => Math.sin(1.7 * i + 0.3) * 3;
  return {
    ...lossRuleOf('ppyoloe', { positives, hi: lo + bins, normalizer: 2.5 }),
    positives,
    bins,
    lo,
    predDist: Float32Array.from({ length: positives * 4 * bins }, (_, i) => wave(i)),
    target: Float32Array.from({ length: positives * 4 }, (_, i) => lo + ((i * 0.618) % 1) * (bins - 1.02)),
    weight: Float32Array.from({ length: positives }, (_, i) => 0.2 + ((i * 0.37) % 1)),
    group: null,
    groups: 1,
  };
}
