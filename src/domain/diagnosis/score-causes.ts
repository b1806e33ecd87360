// Ranks the causes of a class: prior log-odds plus the weight of every signal that is so, made comparable by a softmax that leaves room
// for a cause nobody has written down.
import type { CatalogFailure } from '../../contracts/catalog.ts';
import type { RankedCause, Signal } from './types.ts';

/** Score of "something else": weak signs must beat it before a cause is shown with confidence. */
const unnamedScore = 0;
const shown = 0.01;
/** No sum of signs makes a cause certain. */
const ceiling = 0.99;

export function scoreCauses(failure: CatalogFailure, signals: readonly Signal[]): RankedCause[] {
  const byId = new Map(signals.map((signal) => [signal.id, signal.data]));
  const scored = failure.causes.map((cause) => {
    const evidence = cause.evidence.flatMap(({ signal, weight }) => {
      const data = byId.get(signal);
      return data ? [{ signal, weight, data }] : [];
    });
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

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
