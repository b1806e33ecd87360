// All diagnoses of a run from everything observed of it: one per distinct failure, with the traces and findings that belong to it.
import type { Catalog } from '../../contracts/catalog.ts';
import type { Finding } from '../../contracts/findings.ts';
import { unknownClass } from '../classification/classify.ts';
import { confidentCause } from '../classification/fingerprint.ts';
import type { ParsedText } from '../parsing/types.ts';
import { build, diagnose } from './diagnose.ts';
import { type Inhibition, inhibit } from './inhibit.ts';
import { triggeredClasses } from './triggered-classes.ts';
import type { CaptureFacts, Diagnosis, RunContext } from './types.ts';

/** A run that crashed says nothing any more. */
const silence = 'run-stalled';
/** What launchers and peers report when a rank failed, whatever of. */
const rankFailure = 'rank-failure';

export interface RunTrace {
  id: string;
  parsed: ParsedText;
  /** `pushed`: somebody says that it is a failure. `log`: found in console output. */
  origin: 'pushed' | 'log';
  step: number | null;
  rank: number | null;
}

export interface RunDiagnosis {
  diagnosis: Diagnosis;
  traceIds: string[];
  /** Findings that led to the diagnosis, or spoke for or against its causes. */
  findings: Finding[];
}

/**
 * - Traces of one failure share a diagnosis: the same fingerprint, or the same class, exception type and confident cause (ranks of one run
 *   fail at slightly different places).
 * - The failure of a rank that launchers and peers report joins the failure that the run's own traces tell.
 * - A class that findings trigger and that a trace's class absorbs is a symptom: its findings join that diagnosis.
 * - Any other triggered class gets a diagnosis of its own; among them, too, symptoms join what absorbs them.
 * - What follows from a root failure opens nothing of its own (inhibit.ts): after a NaN the spikes and mismatches, after a crash the silence.
 * A healthy run yields [].
 */
export function diagnoseRun(
  traces: RunTrace[],
  findings: Finding[],
  captures: CaptureFacts | null,
  context: RunContext,
  catalog: Catalog,
): RunDiagnosis[] {
  const fromTraces = diagnoseTraces(traces, findings, captures, context, catalog);
  const covered = new Set(fromTraces.flatMap(({ diagnosis }) => withAbsorbed(diagnosis.class, catalog)));
  if (fromTraces.length > 0) covered.add(silence);
  const { standing, inhibited } = inhibit(findings, catalog);
  const fromFindings = triggeredClasses(standing, catalog)
    .filter(({ failure }) => !covered.has(failure.id))
    .map(({ failure, confidence }) => ({
      diagnosis: build(
        { text: null, findings, captures, context },
        { class: failure.id, confidence, alternatives: [], matches: [], exception: null },
        catalog,
      ),
      traceIds: [],
    }));
  return [...fromTraces, ...fromFindings].map((entry) => ({
    ...entry,
    findings: withInhibited(
      belonging(entry.diagnosis, findings, catalog),
      inhibited,
      withAbsorbed(entry.diagnosis.class, catalog),
    ),
  }));
}

/** Its own findings, and those that follow from it or from what it absorbs; not those that follow from another failure. */
function withInhibited(own: Finding[], inhibited: Inhibition['inhibited'], classes: readonly string[]): Finding[] {
  const followers = new Map(inhibited.map(({ finding, by }) => [finding, classes.includes(by)]));
  const before = own.filter((finding) => followers.get(finding) !== false);
  return [...before, ...[...followers.keys()].filter((finding) => followers.get(finding) && !before.includes(finding))];
}

function withAbsorbed(name: string, catalog: Catalog): string[] {
  return [name, ...(catalog.failures.get(name)?.absorbs ?? [])];
}

function diagnoseTraces(
  traces: RunTrace[],
  findings: Finding[],
  captures: CaptureFacts | null,
  context: RunContext,
  catalog: Catalog,
): { diagnosis: Diagnosis; traceIds: string[] }[] {
  const groups = new Map<string, { diagnosis: Diagnosis; traceIds: string[] }>();
  for (const trace of traces) {
    const diagnosis = diagnose({ text: trace.parsed, findings, captures, context, step: trace.step }, catalog);
    if (!diagnosis || wasStopped(diagnosis) || saysNothing(trace, diagnosis)) continue;
    const key = groupKey(diagnosis);
    const group = groups.get(key);
    if (!group) groups.set(key, { diagnosis, traceIds: [trace.id] });
    else {
      group.traceIds.push(trace.id);
      if (tellsMore(diagnosis, group.diagnosis)) group.diagnosis = diagnosis;
    }
  }
  return joinRankFailures([...groups.values()]);
}

/** Where a trace tells what a rank failed of, those that only tell that it failed belong to it. */
function joinRankFailures<Group extends { diagnosis: Diagnosis; traceIds: string[] }>(groups: Group[]): Group[] {
  const roots = groups.filter(({ diagnosis }) => diagnosis.class !== rankFailure);
  const [root] = roots;
  if (!root) return groups;
  for (const group of groups) if (!roots.includes(group)) root.traceIds.push(...group.traceIds);
  return roots;
}

/** A person or the program itself ended the run: nothing broke. */
function wasStopped({ class: name, exception }: Diagnosis): boolean {
  const type = exception?.type ?? '';
  return type === 'KeyboardInterrupt' || (name === unknownClass && /^(?:SystemExit|GeneratorExit)$/.test(type));
}

/** Console output with neither an exception nor words of a known failure: an exit status at most. */
function saysNothing({ origin }: RunTrace, { class: name, exception }: Diagnosis): boolean {
  return origin === 'log' && name === unknownClass && exception === null;
}

function groupKey({ class: name, causes, exception, fingerprint, fingerprintParts }: Diagnosis): string {
  const cause = causes[0];
  if (!cause || cause.confidence < confidentCause) return fingerprint;
  return [name, cause.id, exception?.type ?? '', fingerprintParts.value_class ?? ''].join('|');
}

/** More frames say more; otherwise the first trace speaks, so that the answer does not depend on how many follow. */
function tellsMore(a: Diagnosis, b: Diagnosis): boolean {
  return (a.exception?.frames.length ?? 0) > (b.exception?.frames.length ?? 0);
}

/** Capture signals that summarise a finding of another name. */
const findingsOfSignal: Record<string, string[]> = {
  'capture.selection-mismatch': ['dfl.selection-mismatch'],
  'capture.targets-out-of-range': ['dfl.target-below-range', 'dfl.target-above-range'],
  'capture.source-out-of-range': ['dfl.target-below-range', 'dfl.target-above-range'],
  'capture.targets-negative': ['dfl.target-below-range'],
  'capture.targets-beyond-top': ['dfl.target-above-range'],
  'capture.targets-far-beyond-top': ['dfl.target-above-range'],
  'capture.non-finite-targets': ['dfl.target-non-finite'],
  'capture.non-finite-logits': ['dfl.logit-non-finite'],
  'capture.loss-off-by-divisor': ['dfl.loss-mismatch'],
  'capture.saturated-upper': ['dfl.targets-saturated'],
  'capture.saturated-lower': ['dfl.targets-saturated'],
  'metric.non-finite-seen': ['metric.non-finite'],
  'metric.diverging-seen': ['metric.diverging'],
  'metric.waits-for-data': ['metric.throughput-drop'],
  'metric.slow-compute': ['metric.throughput-drop'],
};

function belonging(diagnosis: Diagnosis, findings: Finding[], catalog: Catalog): Finding[] {
  const failure = catalog.failures.get(diagnosis.class);
  const classes = [diagnosis.class, ...(failure?.absorbs ?? [])];
  const triggers = classes.flatMap(
    (name) => catalog.failures.get(name)?.findings.map((trigger) => trigger.finding) ?? [],
  );
  const signals = diagnosis.causes.flatMap((cause) => cause.evidence.map((item) => item.signal));
  const wanted = new Set([...triggers, ...signals, ...signals.flatMap((signal) => findingsOfSignal[signal] ?? [])]);
  return findings.filter(({ id }) => wanted.has(id) || wanted.has(explainedFinding(id) ?? ''));
}

/** The finding of which this one says why it holds; both are evidence together. */
function explainedFinding(id: string): string | null {
  if (id.startsWith('dfl.selection-')) return 'dfl.selection-mismatch';
  return id.startsWith('dfl.loss-') || id === 'dfl.weights-differ-from-normalizer' ? 'dfl.loss-mismatch' : null;
}
