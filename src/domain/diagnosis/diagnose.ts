// From evidence to one diagnosis: class, ranked causes, ranked remediations, fingerprint. Language-neutral and pure.
import type { Catalog, CatalogFailure } from '../../contracts/catalog.ts';
import type { Finding, FindingData } from '../../contracts/findings.ts';
import { classify, unknownClass } from '../classification/classify.ts';
import { fingerprintOf, fingerprintParts } from '../classification/fingerprint.ts';
import { type RunFacts, readFacts } from '../classification/read-facts.ts';
import { readSignals } from '../classification/signals/index.ts';
import type { Classification, RuleMatch } from '../classification/types.ts';
import { causesOfEnvironment } from '../remedies/known-bad-environments.ts';
import { rankRemediations } from '../remedies/rank-remediations.ts';
import { type ImpliedCause, impliedSignal, scoreCauses } from './score-causes.ts';
import { triggeredClasses } from './triggered-classes.ts';
import type { CaptureFacts, Diagnosis, DiagnosisInput, FiredRule } from './types.ts';

const maxMatchedLines = 20;
const maxMatchedLength = 500;
const maxQuotedLength = 200;
const maxNearest = 3;

/**
 * Null when there is no text and no finding that means a failure by itself. A text in which no rule finds anything is `unknown`: an
 * unexplained exception when it has one, else exception null.
 */
export function diagnose(input: DiagnosisInput, catalog: Catalog): Diagnosis | null {
  if (input.text) {
    const facts = readFacts(input);
    const classification = classify(input.text, catalog, facts);
    const byText = () => build(input, classification, catalog, facts);
    if (classification.class !== unknownClass || input.text.traces.length > 0) return byText();
    return diagnoseFindings(input, catalog, facts) ?? byText();
  }
  return diagnoseFindings(input, catalog);
}

function diagnoseFindings(input: DiagnosisInput, catalog: Catalog, facts?: RunFacts): Diagnosis | null {
  const [best, ...others] = triggeredClasses(input.findings, catalog);
  if (!best) return null;
  const alternatives = others.map(({ failure, confidence }) => ({
    class: failure.id,
    confidence,
    why: { kind: 'weaker' as const },
    matches: [],
  }));
  return build(
    input,
    { class: best.failure.id, confidence: best.confidence, alternatives, matches: [], exception: null },
    catalog,
    facts,
  );
}

/** The diagnosis of one class that is settled already (by its text, or by the findings that trigger it). */
export function build(
  input: DiagnosisInput,
  classification: Classification,
  catalog: Catalog,
  facts: RunFacts = readFacts(input),
): Diagnosis {
  const failure = requireClass(catalog, classification.class);
  const { exception, matches } = classification;
  const matched: Record<string, string> = Object.assign({}, ...matches.map((match) => match.captures).reverse());
  const { text, findings, captures, step = null } = input;
  const signals = readSignals({ text, exception, matched, findings, captures, facts, step }, signalsOf(failure));
  const lines = matchedLines(input, classification);
  const causes = scoreCauses(failure, signals, [
    ...impliedCauses(input, classification),
    ...causesOfEnvironment(input.context, catalog, failure.id),
  ]);
  const parts = fingerprintParts({
    failure,
    cause: causes[0] ?? null,
    exception,
    matched,
    matchedLine: lines[0]?.text ?? null,
    metrics: ownFindings(failure, input.findings)
      .filter((finding) => finding.kind === 'metric')
      .map((finding) => finding.id),
    selection: replayed(input.captures),
  });
  return {
    class: failure.id,
    confidence: classification.confidence,
    severity: failure.severity,
    exception,
    causes,
    remediations: rankRemediations(failure, causes, input.context, facts),
    alternatives: classification.alternatives.map(({ class: name, confidence, why, matches: lost }) => ({
      class: name,
      confidence,
      why,
      rules: [...new Set(lost.map((match) => match.rule))],
    })),
    rules: firedRules(classification),
    matched: lines,
    facts: { ...factData(input, facts, matched, failure), nearest: nearestClasses(classification) },
    fingerprint: fingerprintOf(parts),
    fingerprintParts: parts,
  };
}

/** Those that speak for or against its causes. */
function signalsOf({ causes }: CatalogFailure): Set<string> {
  return new Set(causes.flatMap(({ evidence }) => evidence.map(({ signal }) => signal)));
}

function requireClass(catalog: Catalog, id: string): CatalogFailure {
  const failure = catalog.failures.get(id);
  if (!failure) throw new Error(`the catalog has no class ${id}`);
  return failure;
}

function ownFindings(failure: CatalogFailure, findings: readonly Finding[]): Finding[] {
  return findings.filter((finding) => failure.findings.some((trigger) => trigger.finding === finding.id));
}

function matchedLines({ text }: DiagnosisInput, { matches }: Classification): Diagnosis['matched'] {
  if (!text) return [];
  const numbers = [...new Set(matches.flatMap((match) => match.lines))].slice(0, maxMatchedLines);
  return numbers.flatMap((number) => {
    const line = text.lines[number];
    return line === undefined ? [] : [{ line: number + 1, text: line.slice(0, maxMatchedLength) }];
  });
}

/** Matches of each rule where it stands nearest to the first cause. */
function oncePerRule(matches: RuleMatch[]): RuleMatch[] {
  return matches.filter((match, index) => matches.findIndex(({ rule }) => rule === match.rule) === index);
}

function firedRules({ matches }: Classification): FiredRule[] {
  return oncePerRule(matches).map(({ rule, confidence, standing, lines, source }) => ({
    id: rule,
    confidence,
    standing,
    lines: lines.map((line) => line + 1),
    source,
  }));
}

/** What the rules that hold say about causes, each with the line that says it. */
function impliedCauses({ text }: DiagnosisInput, { matches }: Classification): ImpliedCause[] {
  return oncePerRule(matches).flatMap(({ implies, lines }) => {
    const words = text?.lines[lines.at(-1) ?? 0]?.trim().slice(0, maxQuotedLength) ?? '';
    return implies.map(({ cause, weight }) => ({ cause, weight, signal: impliedSignal.id, data: { words } }));
  });
}

/** Names of every fact that a template may use; see factData(). */
export const factNames = [
  'n',
  'side',
  'bound',
  'bins',
  'reg_range',
  'suggested_reg_range',
  'lo',
  'hi',
  'num_classes',
  'framework_version',
  'device',
  'os',
  'target_min',
  'target_max',
  'metric',
  'step',
  'value',
  'path',
  'name',
  'expected',
  'found',
  'nearest',
] as const;

function factData(
  { captures, findings }: DiagnosisInput,
  facts: RunFacts,
  matched: Record<string, string>,
  failure: CatalogFailure,
): FindingData {
  const range = facts.regRange;
  const first = ownFindings(failure, findings)[0];
  return {
    n: matched.n ?? null,
    side: matched.side ?? null,
    bound: matched.bound ?? null,
    bins: range ? range[1] - range[0] : null,
    reg_range: range ? `[${range[0]}, ${range[1]})` : null,
    suggested_reg_range: first?.data.suggested_reg_range ?? null,
    lo: range?.[0] ?? null,
    hi: range?.[1] ?? null,
    num_classes: facts.numClasses,
    framework: facts.framework,
    framework_version: facts.frameworkVersion,
    device: facts.device,
    os: facts.os,
    target_min: captures?.targetMin ?? null,
    target_max: captures?.targetMax ?? null,
    metric: first?.kind === 'metric' ? first.ref : (matched.metric ?? null),
    step: first?.step ?? null,
    value: first?.data.value ?? null,
    path: matched.path ?? null,
    name: matched.name ?? null,
    expected: matched.expected ?? null,
    found: matched.found ?? null,
  };
}

/** Classes that the text came nearest to; empty when no rule holds. */
function nearestClasses({ alternatives }: Classification): string[] {
  return alternatives.slice(0, maxNearest).map((alternative) => alternative.class);
}

function replayed(captures: CaptureFacts | null): 'intact' | 'mismatched' | null {
  if (captures === null || captures.selectionChecked === 0) return null;
  return captures.selectionMismatched > 0 ? 'mismatched' : 'intact';
}
