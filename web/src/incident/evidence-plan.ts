// Which pictures an incident's evidence asks for: which run, which captures, which metrics around which steps.
import type { EvidenceItem, Incident } from '../api/answers.ts';

/** Steps shown before the first bad one and after the last. */
const before = 400;
const after = 120;
const maxMetrics = 6;

export interface RunEvidence {
  run: string;
  /** First step at which this run's evidence shows the failure; null when no evidence names a step. */
  onset: number | null;
  /** Ids of captures, by step. */
  captures: { id: string; step: number | null }[];
  /** Names of metrics, the plain loss first. */
  metrics: string[];
  window: { from: number; to: number | null };
}

/** The runs whose evidence there is, in the order in which the incident names them; without any, its first run. */
export function runsWithEvidence(incident: Pick<Incident, 'runs' | 'evidence'>): string[] {
  const named = new Set(incident.evidence.map((item) => item.data.run));
  const found = incident.runs.filter((run) => named.has(run));
  return found.length > 0 ? found : incident.runs.slice(0, 1);
}

export function planRunEvidence(
  incident: Pick<Incident, 'runs' | 'evidence' | 'first_step' | 'last_step'>,
  run: string,
): RunEvidence {
  const items = incident.evidence.filter((item) => item.data.run === run);
  const steps = items.flatMap(({ data }) => (typeof data.step === 'number' ? [data.step] : []));
  const alone = incident.runs.length === 1;
  const onset = steps.length > 0 ? Math.min(...steps) : alone ? incident.first_step : null;
  const last = steps.length > 0 ? Math.max(...steps) : (incident.last_step ?? onset);
  return {
    run,
    onset,
    captures: capturesOf(items),
    metrics: metricsOf(items),
    window: {
      from: Math.max(0, (onset ?? 0) - before),
      to: last === null ? null : last + after,
    },
  };
}

function capturesOf(items: readonly EvidenceItem[]): RunEvidence['captures'] {
  const found = new Map<string, number | null>();
  for (const { kind, ref, data } of items) {
    if (kind === 'capture' && ref !== null) found.set(ref, typeof data.step === 'number' ? data.step : null);
  }
  return [...found].map(([id, step]) => ({ id, step })).sort((a, b) => (a.step ?? 0) - (b.step ?? 0));
}

function metricsOf(items: readonly EvidenceItem[]): string[] {
  const refs = items.flatMap(({ kind, ref }) => (kind === 'metric' && ref !== null ? [ref] : []));
  return [...new Set(['loss', ...refs])].slice(0, maxMetrics);
}
