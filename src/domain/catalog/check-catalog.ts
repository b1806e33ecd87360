// What the catalog's files must say together: known ids, expressions that compile, sentences whose placeholders exist, and samples that
// are classified as promised. The service does not start on a problem.
import type { Catalog, CatalogFailure } from '../../contracts/catalog.ts';
import type { LocalizedText } from '../../contracts/catalog-fields.ts';
import type { FailureRule } from '../../contracts/failure-rule.ts';
import { unknownClass } from '../classification/classify.ts';
import { signalRules } from '../classification/signals/index.ts';
import { factNames } from '../diagnosis/diagnose.ts';
import { impliedSignal } from '../diagnosis/score-causes.ts';
import { checkFormats } from '../parsing/formats/check-formats.ts';
import { checkEnvironments } from './check-environments.ts';
import { checkExpressions } from './check-expressions.ts';
import { checkSamples } from './check-samples.ts';
import { checkText, duplicates, unknownIds } from './check-texts.ts';
import { commonFindingData, knownFindings } from './known-findings.ts';

const facts: readonly string[] = factNames;
const minSamples = 2;
const minRemediations = 2;
/** Classes that the product is about offer more ways out. */
const moreRemediations: Readonly<Record<string, number>> = { 'target-out-of-bound': 8, 'label-out-of-range': 8 };

/** Pure; every problem names the file it is in. Empty when the catalog is sound. */
export function checkCatalog(catalog: Catalog): string[] {
  const problems = [
    ...(catalog.failures.has(unknownClass) ? [] : [`failures: the class ${unknownClass} is missing`]),
    ...[...catalog.failures.values()].flatMap((failure) => checkFailure(failure, catalog)),
    ...checkSentences(
      'signals.yaml',
      catalog.signals,
      new Map([...signalRules, impliedSignal].map(({ id, data }) => [id, data])),
      facts,
    ),
    ...checkSentences('findings.yaml', catalog.findings, knownFindings, commonFindingData),
    ...checkFormats(catalog.formats),
    ...checkEnvironments(catalog),
  ];
  // Samples run only on a catalog whose expressions compile.
  return problems.length > 0 ? problems : checkSamples(catalog);
}

function checkFailure(failure: CatalogFailure, catalog: Catalog): string[] {
  const { id, knowledge, samples } = failure;
  const file = `failures/${id}/failure.yaml`;
  const isUnknown = id === unknownClass;
  const wantedRemediations = moreRemediations[id] ?? minRemediations;
  return [
    ...failure.rules.flatMap((rule) => checkExpressions(file, rule)),
    ...duplicates(failure.rules.map((rule) => rule.id)).map((rule) => `${file}: rule ${rule} is there twice`),
    ...failure.rules
      .filter((rule) => !hasSubject(rule))
      .map((rule) => `${file}: rule ${rule.id} says nothing of an exception, a report or a line`),
    ...unknownIds([...failure.absorbs, ...failure.rules.flatMap((rule) => rule.rules_out ?? [])], catalog.failures).map(
      (other) => `${file}: there is no class ${other}`,
    ),
    ...unknownIds(
      failure.findings.map((trigger) => trigger.finding),
      knownFindings,
    ).map((finding) => `${file}: there is no finding ${finding}`),
    ...unknownIds(
      failure.causes.flatMap((cause) => cause.evidence.map((item) => item.signal)),
      catalog.signals,
    ).map((signal) => `${file}: there is no signal ${signal}`),
    ...(isUnknown || failure.rules.length + failure.findings.length > 0
      ? []
      : [`${file}: nothing leads to this class`]),
    ...(isUnknown || samples.matches.length >= minSamples
      ? []
      : [`failures/${id}/samples/matches: fewer than ${minSamples} samples`]),
    ...(isUnknown || samples.nearMisses.length >= minSamples
      ? []
      : [`failures/${id}/samples/near-misses: fewer than ${minSamples} samples`]),
    ...(knowledge.remediations.length >= wantedRemediations
      ? []
      : [`failures/${id}/knowledge.yaml: fewer than ${wantedRemediations} remediations`]),
    ...unknownIds(
      failure.rules.flatMap((rule) => rule.implies?.map(({ cause }) => cause) ?? []),
      new Set(failure.causes.map((cause) => cause.id)),
    ).map((cause) => `${file}: there is no cause ${cause} that a rule could imply`),
    ...checkKnowledge(failure),
  ];
}

function hasSubject({ exception, message, frame, phase, report, line }: FailureRule): boolean {
  return [exception, message, frame, phase, report, line].some((part) => part !== undefined);
}

function checkKnowledge({ id, knowledge, causes }: CatalogFailure): string[] {
  const file = `failures/${id}/knowledge.yaml`;
  const described = new Map(knowledge.causes.map((cause) => [cause.id, cause]));
  const scored = new Map(causes.map((cause) => [cause.id, cause]));
  const remediations = new Map(knowledge.remediations.map((remediation) => [remediation.id, remediation]));
  const uses = [...knowledge.causes.flatMap((cause) => cause.remedies), ...knowledge.default_remedies];
  const used = new Set(uses.map(({ use }) => use));
  const texts: LocalizedText[] = [
    knowledge.title,
    knowledge.summary,
    ...knowledge.causes.map((cause) => cause.title),
    ...uses.map(({ why }) => why),
    ...knowledge.remediations.flatMap(({ title, steps }) => [title, ...pairs(steps)]),
  ];
  return [
    ...unknownIds([...scored.keys()], described).map((cause) => `${file}: cause ${cause} has no text and no remedies`),
    ...unknownIds([...described.keys()], scored).map((cause) => `${file}: cause ${cause} is not in failure.yaml`),
    ...unknownIds([...used], remediations).map((remediation) => `${file}: there is no remediation ${remediation}`),
    ...[...remediations.keys()]
      .filter((remediation) => !used.has(remediation))
      .map((remediation) => `${file}: remediation ${remediation} is used by no cause`),
    ...knowledge.remediations
      .filter(({ steps }) => steps.en.length !== steps.zh.length)
      .map(
        (remediation) =>
          `${file}: remediation ${remediation.id} has ${remediation.steps.en.length} English and ${remediation.steps.zh.length} Chinese steps`,
      ),
    ...texts.flatMap((text) => checkText(file, text, facts)),
  ];
}

function pairs({ en, zh }: { en: string[]; zh: string[] }): LocalizedText[] {
  return en.map((text, index) => ({ en: text, zh: zh[index] ?? text }));
}

function checkSentences(
  file: string,
  sentences: Map<string, LocalizedText>,
  known: ReadonlyMap<string, readonly string[]>,
  common: readonly string[],
): string[] {
  return [
    ...unknownIds([...known.keys()], sentences).map((id) => `${file}: ${id} has no sentence`),
    ...unknownIds([...sentences.keys()], known).map((id) => `${file}: nothing makes ${id}`),
    ...[...sentences].flatMap(([id, text]) => checkText(`${file}, ${id}`, text, [...(known.get(id) ?? []), ...common])),
  ];
}
