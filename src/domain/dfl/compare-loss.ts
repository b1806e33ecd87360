// Compares the DFL that a trainer reported with the one recomputed from its tensors.

export interface LossComparison {
  /** |reported - recomputed| / max(|recomputed|, 1e-6); null when one of them is missing or the reported one is not finite. */
  relativeDifference: number | null;
  mismatch: boolean;
  /** reported / recomputed; null when not finite. */
  ratio: number | null;
  /** What the ratio equals within 1 percent: the trainer left out, or doubled, a division. */
  factor: 'normalizer' | 'inverse-normalizer' | 'world-size' | 'inverse-world-size' | null;
}

/** Wide enough for float32 arithmetic and logs with six decimals, narrow enough for every wrong divisor worth reporting. */
export const lossTolerance = { relative: 1e-3, absolute: 1e-5 };
const factorTolerance = 0.01;

/**
 * `recomputed` is null when the trainer's own loss could not have been finite: nothing to compare then. A reported NaN or Infinity beside
 * a finite recomputed loss is a mismatch. Normaliser rules: ppdet/modeling/heads/ppyoloe_head.py (sum over ranks / world size, at least 1).
 */
export function compareLoss(
  reported: number | null,
  recomputed: number | null,
  divisors: { normalizer: number; worldSize: number | null },
): LossComparison {
  if (reported === null || recomputed === null)
    return { relativeDifference: null, mismatch: false, ratio: null, factor: null };
  if (!Number.isFinite(reported)) return { relativeDifference: null, mismatch: true, ratio: null, factor: null };
  const difference = Math.abs(reported - recomputed);
  const mismatch = difference > lossTolerance.absolute + lossTolerance.relative * Math.abs(recomputed);
  const ratio = recomputed === 0 ? null : reported / recomputed;
  return {
    relativeDifference: difference / Math.max(Math.abs(recomputed), 1e-6),
    mismatch,
    ratio,
    factor: mismatch && ratio !== null ? explainRatio(ratio, divisors) : null,
  };
}

function explainRatio(
  ratio: number,
  { normalizer, worldSize }: { normalizer: number; worldSize: number | null },
): LossComparison['factor'] {
  const candidates: [LossComparison['factor'], number][] = [
    ['world-size', worldSize ?? 1],
    ['inverse-world-size', 1 / (worldSize ?? 1)],
    ['normalizer', normalizer],
    ['inverse-normalizer', 1 / normalizer],
  ];
  const found = candidates.find(
    ([, value]) => Math.abs(value - 1) > 2 * factorTolerance && Math.abs(ratio / value - 1) <= factorTolerance,
  );
  return found?.[0] ?? null;
}
