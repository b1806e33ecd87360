// Which of a run's many traces are shown: one per rank.
import type { TraceSummary } from '../../../src/contracts/traces.ts';

/** The latest trace of each rank, ranks ascending; `traces` come the newest first. The pushed one is preferred: it is whole. */
export function latestPerRank(traces: readonly TraceSummary[]): TraceSummary[] {
  const byRank = new Map<number | null, TraceSummary>();
  for (const trace of traces) {
    const known = byRank.get(trace.rank);
    if (known === undefined || (known.origin === 'log' && trace.origin === 'pushed')) byRank.set(trace.rank, trace);
  }
  return [...byRank.values()].sort((a, b) => (a.rank ?? -1) - (b.rank ?? -1));
}
