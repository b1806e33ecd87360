// The part of the DFL engine that analyseCapture needs, made of the reference: the readable truth of the DFL, in the calling thread.

import { widenHalves } from '../safetensors/widen-halves.ts';
import type { DflEngine } from './engine.ts';
import { recomputeReference } from './reference.ts';
import { replaySelection } from './selection.ts';

export const referenceEngine: Pick<DflEngine, 'recompute' | 'replaySelection' | 'widen'> = {
  recompute: async (input) => ({ recomputation: recomputeReference(input), backend: 'cpu', device: 'reference' }),
  replaySelection: async (mask, targetFull, target, positives) => replaySelection(mask, targetFull, target, positives),
  async widen(dtype, halves) {
    const values = new Float32Array(halves.length);
    widenHalves(dtype, halves, values);
    return { values, free: () => {} };
  },
};
