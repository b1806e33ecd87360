// What a target outside of its range is, as far as its number tells.
import type { CaptureAnalysis } from '../../../src/contracts/analysis.ts';

export type Offender = CaptureAnalysis['offenders'][number];

/** `by`: distance to the next value that the loss accepts. `values`: what its bits are when read as something else. */
export type TargetMeaning =
  | { kind: 'below' | 'above'; by: number }
  | { kind: 'non-finite' }
  | { kind: 'int64-min' }
  | { kind: 'packed-float32' | 'packed-int32'; values: readonly number[] };

/** A target t of bins lo..hi-1 needs lo <= t < hi-1: its right neighbour bin must exist, too. */
export function describeTarget({ target, decodes_as }: Offender, [lo, hi]: readonly [number, number]): TargetMeaning {
  if (decodes_as?.kind === 'int64-min') return { kind: 'int64-min' };
  if (decodes_as) return { kind: decodes_as.kind, values: decodes_as.values };
  const value = Number(target);
  if (!Number.isFinite(value)) return { kind: 'non-finite' };
  return value < lo ? { kind: 'below', by: lo - value } : { kind: 'above', by: value - (hi - 1) };
}
