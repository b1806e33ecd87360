// Ranks the causes of a class: prior log-odds plus the weight of every signal that is so, made comparable by a softmax that leaves room
// for a cause nobody has written down.
import type { CatalogFailure } from '../../contracts/catalog.ts';
import type { RankedCause, Signal } from './types.ts';

/** What else than the signals of the class speaks for one of its causes: a rule's words, a known bad environment. */
export type ImpliedCause = RankedCause['evidence'][number] & { cause: string };
/** The signal under which `implies` of a rule is shown; catalog/signals.yaml has its sentence. */
export const impliedSignal = { id: 'text.words', data: ['words'] };

/** Score of "something else": weak signs must beat it before a cause is shown with confidence. */
const unnamedScore = 0;
const shown = 0.01;
/** No sum of signs makes a cause certain. */
const ceiling = 0.99;

export function scoreCauses(
  failure: CatalogFailure,
  signals: readonly Signal[],
  implied: readonly ImpliedCause[] = [],
): RankedCause[] {
  const byId = new Map(signals.map((signal) => [signal.id, signal.data]));
  const scored = failure.causes.map((cause) => {
    const further = implied
      .filter((each) => each.cause === cause.id)
      .map(({ signal, weight, data }) => ({ signal, weight, data }));
    const evidence = [...readEvidence(cause.evidence, byId), ...further];
    return { id: cause.id, evidence, score: cause.prior + evidence.reduce((sum, { weight }) => sum + weight, 0) };
  });
  const total = scored.reduce((sum, { score }) => sum + Math.exp(score), Math.exp(unnamedScore));
  return scored
    .map(({ id, evidence, score }) => ({
      id,
      confidence: round(Math.min(Math.exp(score) / total, ceiling)),
      evidence: evidence.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)),
    }))
    .filter(({ confidence }) => confidence >= shown)
    .sort((a, b) => b.confidence - a.confidence || a.id.localeCompare(b.id));
}

function readEvidence(
  evidence: CatalogFailure['causes'][number]['evidence'],
  signals: ReadonlyMap<string, Signal['data']>,
): RankedCause['evidence'] {
  return evidence.flatMap(({ signal, weight }) => {
    const data = signals.get(signal);
    return data ? [{ signal, weight, data }] : [];
  });
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
