// A handful of cases that a backend must compute like the reference before it is used: a driver that answers wrong numbers without an
// error is worse than none.
import { findDifference } from './compare-recomputations.ts';
import { type DflBackend, type DflInput, toleranceFor } from './contract.ts';
import { recomputeReference } from './reference.ts';

/** Null when the backend agrees with the reference on every case, else the reason it may not be used. */
export async function selfTest(backend: DflBackend): Promise<string | null> {
  const tolerance = toleranceFor(backend.name === 'cpu' ? 'float64' : 'float32');
  for (const { name, input } of selfTestCases()) {
    try {
      const difference = findDifference(await backend.recompute(input), recomputeReference(input), tolerance);
      if (difference) return `self-test "${name}" failed: ${difference}`;
    } catch (error) {
      return `self-test "${name}" failed: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  return null;
}

export function selfTestCases(): { name: string; input: DflInput }[] {
  const ordinary = makeInput(9, 17, 0);
  const wide = makeInput(3, 256, -20);
  const extreme = makeInput(4, 8, -2);
  extreme.predDist.set([1e30, -1e30, 80, -80], 3);
  extreme.predDist.fill(5, 32, 40);
  const broken = makeInput(5, 17, 0);
  broken.predDist.set([Number.NaN, Number.POSITIVE_INFINITY], 20);
  broken.target.set([Number.NaN, -1.5, 16, 1e30, 0, 15.99], 4);
  return [
    { name: 'ordinary logits', input: ordinary },
    { name: '256 bins below zero', input: { ...wide, formulation: 'gfl', normalizer: 0.5 } },
    { name: 'extreme and equal logits', input: { ...extreme, weight: null, formulation: 'ultralytics' } },
    { name: 'two bins', input: makeInput(2, 2, 0) },
    { name: 'targets out of range, values not finite', input: broken },
  ];
}

/** Smooth values without a pattern that an indexing mistake would survive. */
function makeInput(positives: number, bins: number, lo: number): DflInput {
  const wave = (i: number) => Math.sin(1.7 * i + 0.3) * 3;
  return {
    positives,
    bins,
    lo,
    formulation: 'ppyoloe',
    normalizer: 2.5,
    predDist: Float32Array.from({ length: positives * 4 * bins }, (_, i) => wave(i)),
    target: Float32Array.from({ length: positives * 4 }, (_, i) => lo + ((i * 0.618) % 1) * (bins - 1.02)),
    weight: Float32Array.from({ length: positives }, (_, i) => 0.2 + ((i * 0.37) % 1)),
  };
}
