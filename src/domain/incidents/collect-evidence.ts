// Gathers what an incident shows as evidence of one run: findings from tensors and metrics, the trace, and the facts of environment and
// configuration that spoke for or against a cause.
import type { Finding, FindingData } from '../../contracts/findings.ts';
import type { Diagnosis } from '../diagnosis/types.ts';
import type { EvidenceRecord } from './types.ts';

export interface TraceEvidence {
  id: string;
  step: number | null;
  ranks: number[];
  occurrences: number;
}

/** Findings shown per rule; the count of all is in `occurrences`. */
const shownPerRule = 3;

export function collectEvidence(
  runId: string,
  diagnosis: Diagnosis,
  findings: readonly Finding[],
  occurrencesOf: (rule: string) => number,
  traces: readonly TraceEvidence[],
): EvidenceRecord[] {
  return [
    ...traces.map((trace) => traceEvidence(runId, diagnosis, trace)),
    ...findingEvidence(runId, findings, occurrencesOf),
    ...signalEvidence(runId, diagnosis),
  ];
}

function traceEvidence(runId: string, diagnosis: Diagnosis, trace: TraceEvidence): EvidenceRecord {
  const exception = diagnosis.exception;
  const data: FindingData = {
    run: runId,
    type: exception?.type ?? null,
    message: exception?.message.slice(0, 500) ?? null,
    step: trace.step,
    ranks: trace.ranks,
    occurrences: trace.occurrences,
  };
  return { kind: 'trace', text: { from: 'exception' }, data, ref: trace.id };
}

function findingEvidence(
  runId: string,
  findings: readonly Finding[],
  occurrencesOf: (rule: string) => number,
): EvidenceRecord[] {
  const shown = new Map<string, number>();
  const records: EvidenceRecord[] = [];
  for (const finding of findings) {
    const count = shown.get(finding.id) ?? 0;
    if (count >= shownPerRule || finding.kind === 'trace') continue;
    shown.set(finding.id, count + 1);
    const data: FindingData = {
      ...finding.data,
      run: runId,
      step: finding.step,
      rank: finding.rank,
      occurrences: occurrencesOf(finding.id),
    };
    records.push({ kind: finding.kind, text: { from: 'finding', id: finding.id }, data, ref: finding.ref });
  }
  return records;
}

/** Signals about environment and configuration; those about tensors and metrics are shown by their findings. */
function signalEvidence(runId: string, diagnosis: Diagnosis): EvidenceRecord[] {
  const seen = new Set<string>();
  const records: EvidenceRecord[] = [];
  for (const cause of diagnosis.causes) {
    for (const { signal, data } of cause.evidence) {
      const kind = signal.startsWith('env.') ? 'environment' : signal.startsWith('config.') ? 'config' : null;
      if (kind === null || seen.has(signal)) continue;
      seen.add(signal);
      records.push({ kind, text: { from: 'signal', id: signal }, data: { ...data, run: runId }, ref: null });
    }
  }
  return records;
}
