// Runs the samples that every class brings: they must be classified as promised, and every rule must be needed by one of them.
import type { Catalog, CatalogFailure, CatalogSample } from '../../contracts/catalog.ts';
import type { Finding } from '../../contracts/findings.ts';
import { unknownClass } from '../classification/classify.ts';
import { matchRules } from '../classification/match-rules.ts';
import { readText } from '../classification/search-lines.ts';
import { diagnose } from '../diagnosis/diagnose.ts';
import type { DiagnosisInput, RunContext } from '../diagnosis/types.ts';

/** Pure; every problem names the sample's file, or the rule that no sample reaches. */
export function checkSamples(catalog: Catalog): string[] {
  const failures = [...catalog.failures.values()].filter((failure) => failure.id !== unknownClass);
  return [...failures.flatMap((failure) => checkClass(failure, catalog)), ...checkUnknown(catalog)];
}

/** What a sample stands for; everything its sidecar does not say is unknown. */
export function inputOf(sample: CatalogSample, catalog: Catalog): DiagnosisInput {
  const findings = (sample.context?.findings ?? []).map(({ id, data }): Finding => {
    const kind = id.startsWith('metric.') ? 'metric' : 'capture';
    return { id, version: 1, severity: 'warning', kind, ref: 'sample', step: 0, rank: 0, data: data ?? {} };
  });
  return {
    text: sample.text === '' ? null : readText(sample.text, catalog),
    findings,
    captures: null,
    context: contextOf(sample),
  };
}

function contextOf({ context }: CatalogSample): RunContext {
  return {
    framework: null,
    device: context?.device ?? null,
    environment: context?.environment ?? null,
    config: null,
    worldSize: null,
    regRange: context?.reg_range ?? null,
    numClasses: context?.num_classes ?? null,
  };
}

function checkClass(failure: CatalogFailure, catalog: Catalog): string[] {
  const hit = new Set<string>();
  const problems: string[] = [];
  for (const sample of failure.samples.matches) {
    const input = inputOf(sample, catalog);
    for (const match of input.text ? matchRules(input.text, catalog) : [])
      if (match.class === failure.id) hit.add(match.rule);
    const diagnosis = diagnose(input, catalog);
    if (diagnosis?.class !== failure.id)
      problems.push(`${sample.file}: classified as ${diagnosis?.class}, must be ${failure.id}`);
    const [cause, wanted] = [diagnosis?.causes[0]?.id, sample.context?.cause];
    if (wanted !== undefined && cause !== wanted)
      problems.push(`${sample.file}: likeliest cause is ${cause}, must be ${wanted}`);
    if (diagnosis && diagnosis.remediations.length === 0) problems.push(`${sample.file}: no remediation is left`);
  }
  for (const sample of failure.samples.nearMisses) {
    if (classOf(sample, catalog) === failure.id)
      problems.push(`${sample.file}: classified as ${failure.id}, must not be`);
  }
  const dead = failure.rules.filter((rule) => !hit.has(rule.id));
  return [...problems, ...dead.map((rule) => `failures/${failure.id}/failure.yaml: no sample reaches rule ${rule.id}`)];
}

/** The samples of `unknown` must stay unknown; its near misses must not. */
function checkUnknown(catalog: Catalog): string[] {
  const samples = catalog.failures.get(unknownClass)?.samples;
  const wrong = (samples?.matches ?? []).filter((sample) => classOf(sample, catalog) !== unknownClass);
  const missed = (samples?.nearMisses ?? []).filter((sample) => classOf(sample, catalog) === unknownClass);
  return [...wrong, ...missed].map((sample) => `${sample.file}: classified as ${classOf(sample, catalog)}`);
}

function classOf(sample: CatalogSample, catalog: Catalog): string | undefined {
  return diagnose(inputOf(sample, catalog), catalog)?.class;
}
