// Makes the verdict on a run anew from a replay bundle, and says where it differs from what was stored: pure.
import type { CaptureAnalysis } from '../../contracts/analysis.ts';
import type { Catalog } from '../../contracts/catalog.ts';
import type { Finding } from '../../contracts/findings.ts';
import type { BundleEvidence, Verdict } from '../../contracts/replay-bundle.ts';
import { readText } from '../classification/search-lines.ts';
import { diagnoseRun } from '../diagnosis/diagnose-run.ts';
import type { CaptureFacts, Diagnosis, RunContext } from '../diagnosis/types.ts';

export type Evidence = BundleEvidence<RunContext, CaptureFacts>;

/** A capture computed anew. */
export interface ReplayedCapture {
  id: string;
  step: number | null;
  regRange: [number, number];
  analysis: CaptureAnalysis;
  findings: Finding[];
}

export function verdictOf(diagnosis: Diagnosis): Verdict {
  const { class: name, causes, confidence, fingerprint } = diagnosis;
  return { class: name, cause: causes[0]?.id ?? null, confidence, fingerprint };
}

/** The verdict that the evidence leads to: the one of the stored class where the run has several failures. Null when nothing fails. */
export function replayVerdict(
  evidence: Evidence,
  texts: ReadonlyMap<string, string>,
  captures: readonly ReplayedCapture[],
  catalog: Catalog,
): Verdict | null {
  const traces = evidence.traces.map(({ id, file, origin, step, rank }) => ({
    ...{ id, origin, step, rank },
    parsed: readText(texts.get(file) ?? '', catalog),
  }));
  const facts = sumFacts(evidence.other_captures, captures);
  const verdicts = diagnoseRun(
    traces,
    replaceFindings(evidence.findings, captures),
    facts,
    { ...evidence.context, regRange: evidence.context.regRange ?? facts?.regRange ?? null },
    catalog,
  ).map(({ diagnosis }) => verdictOf(diagnosis));
  const { fingerprint, class: name } = evidence.verdict;
  return (
    verdicts.find((verdict) => verdict.fingerprint === fingerprint) ??
    verdicts.find((verdict) => verdict.class === name) ??
    verdicts[0] ??
    null
  );
}

/** Stored findings of captures that were computed anew give way to what was found now; one that was not found again is gone. */
function replaceFindings(stored: readonly Finding[], captures: readonly ReplayedCapture[]): Finding[] {
  const replayed = new Map(captures.map((capture) => [capture.id, capture]));
  return stored.flatMap((finding) => {
    const capture = finding.kind === 'capture' ? replayed.get(finding.ref) : undefined;
    if (!capture) return [finding];
    return capture.findings.find(({ id }) => id === finding.id) ?? [];
  });
}

/** As platform/db/captures.ts readCaptureFacts sums rows. */
export function sumFacts(
  others: CaptureFacts | null,
  captures: readonly Pick<ReplayedCapture, 'analysis' | 'step' | 'regRange'>[],
): CaptureFacts | null {
  if (captures.length === 0) return others;
  const own = captures.map(({ analysis, step }): CaptureFacts => {
    const mismatched = analysis.selection?.mismatched_rows ?? 0;
    return {
      analysed: 1,
      selectionChecked: analysis.selection === null ? 0 : 1,
      selectionMismatched: mismatched > 0 ? 1 : 0,
      mismatchedRows: mismatched,
      outOfRange: analysis.below_range + analysis.above_range > 0 ? 1 : 0,
      belowRange: analysis.below_range,
      aboveRange: analysis.above_range,
      nonFiniteTargets: analysis.non_finite_targets,
      nonFiniteLogits: analysis.non_finite_logits,
      targetMin: numberOf(analysis.target_min),
      targetMax: numberOf(analysis.target_max),
      regRange: null,
      firstStep: step,
      lastStep: step,
    };
  });
  const all = others ? [others, ...own] : own;
  const sum = (name: CountName) => all.reduce((total, facts) => total + facts[name], 0);
  const extreme = (
    pick: (...values: number[]) => number,
    name: 'targetMin' | 'targetMax' | 'firstStep' | 'lastStep',
  ) => {
    const values = all.flatMap((facts) => facts[name] ?? []);
    return values.length === 0 ? null : pick(...values);
  };
  return {
    ...(Object.fromEntries(countNames.map((name) => [name, sum(name)])) as Record<CountName, number>),
    targetMin: extreme(Math.min, 'targetMin'),
    targetMax: extreme(Math.max, 'targetMax'),
    firstStep: extreme(Math.min, 'firstStep'),
    lastStep: extreme(Math.max, 'lastStep'),
    regRange: others?.regRange ?? captures[0]?.regRange ?? null,
  };
}

const countNames = [
  'analysed',
  'selectionChecked',
  'selectionMismatched',
  'mismatchedRows',
  'outOfRange',
  'belowRange',
  'aboveRange',
  'nonFiniteTargets',
  'nonFiniteLogits',
] as const;
type CountName = (typeof countNames)[number];

function numberOf(value: number | string | null): number | null {
  return value === null ? null : Number(value);
}

/** Backends add up in other orders, and in single precision. */
const lossTolerance = 1e-3;
const confidenceTolerance = 0.005;
const countedFields = [
  'distributions',
  'below_range',
  'above_range',
  'non_finite_targets',
  'non_finite_logits',
] as const;

/** What of an analysis is not as it was stored, in words; [] when all is. */
export function compareAnalyses(stored: CaptureAnalysis, now: CaptureAnalysis): string[] {
  const differences = countedFields
    .filter((name) => stored[name] !== now[name])
    .map((name) => `${name} was ${stored[name]} and is ${now[name]}`);
  const [rowsBefore, rowsNow] = [stored.selection?.mismatched_rows, now.selection?.mismatched_rows];
  if (rowsBefore !== rowsNow)
    differences.push(`mismatched rows were ${rowsBefore ?? 'none'} and are ${rowsNow ?? 'none'}`);
  for (const name of ['loss_dfl', 'loss_dfl_valid'] as const)
    if (!isNear(stored[name], now[name], lossTolerance))
      differences.push(`${name} was ${stored[name]} and is ${now[name]}`);
  return differences;
}

export function compareVerdicts(stored: Verdict, now: Verdict | null): string[] {
  if (now === null) return [`nothing fails, although ${stored.class} was stored`];
  const differences = (['class', 'cause', 'fingerprint'] as const)
    .filter((name) => stored[name] !== now[name])
    .map((name) => `${name} was ${stored[name]} and is ${now[name]}`);
  if (Math.abs(stored.confidence - now.confidence) > confidenceTolerance)
    differences.push(`confidence was ${stored.confidence} and is ${now.confidence}`);
  return differences;
}

function isNear(a: number | string | null, b: number | string | null, tolerance: number): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return a === b;
  return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b), 1e-12);
}
