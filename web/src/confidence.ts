// A probability as people read it: a word and a whole percentage that never claims certainty.

export type ConfidenceWord = 'veryLikely' | 'likely' | 'possible' | 'unlikely' | 'veryUnlikely';

/** Lowest confidence that still earns each word. */
const scale: readonly (readonly [number, ConfidenceWord])[] = [
  [0.9, 'veryLikely'],
  [0.7, 'likely'],
  [0.4, 'possible'],
  [0.15, 'unlikely'],
];

/** The word for a confidence in 0 to 1. */
export function confidenceWord(confidence: number): ConfidenceWord {
  return scale.find(([least]) => confidence >= least)?.[1] ?? 'veryUnlikely';
}

/** Whole percent between 1 and 99: a diagnosis is an estimate, so neither 0 % nor 100 % is ever shown. */
export function confidencePercent(confidence: number): number {
  return Math.min(99, Math.max(1, Math.round(confidence * 100)));
}
