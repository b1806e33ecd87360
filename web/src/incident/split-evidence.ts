// The evidence of a cause in two lists: what speaks for it and what speaks against it, strongest first.
import type { CauseAnswer } from '../../../src/contracts/diagnosis.ts';

export interface WeighedSentence {
  text: string;
  /** 0 to 1 of the strongest sentence of all causes. */
  strength: number;
}

/** How the API marks a sentence that speaks against its cause; under a heading that says so, the mark is left out. */
const againstMark = /^(?:Against it: |反面证据：)/;

/** `strongest`: the largest absolute weight among all causes that stand side by side. */
export function splitEvidence(
  { evidence, weights }: Pick<CauseAnswer, 'evidence' | 'weights'>,
  strongest: number,
): { pro: WeighedSentence[]; contra: WeighedSentence[] } {
  const sentences = evidence.map((text, index) => ({ text, weight: weights[index] ?? 0 }));
  const weigh = ({ text, weight }: { text: string; weight: number }) => ({
    text: text.replace(againstMark, ''),
    strength: strongest === 0 ? 0 : Math.min(1, Math.abs(weight) / strongest),
  });
  const byStrength = sentences.toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  return {
    pro: byStrength.filter(({ weight }) => weight >= 0).map(weigh),
    contra: byStrength.filter(({ weight }) => weight < 0).map(weigh),
  };
}

export function strongestWeight(causes: readonly Pick<CauseAnswer, 'weights'>[]): number {
  return Math.max(0, ...causes.flatMap(({ weights }) => weights.map(Math.abs)));
}
