// Orders the remediations of a class for one run: what helps the likely causes first, and nothing that cannot be done in its environment.
import type { CatalogFailure, KnowledgeFile } from '../../contracts/catalog.ts';
import { isVersionIn, parseVersion } from '../classification/framework-version.ts';
import { installedVersion } from '../classification/installed-version.ts';
import type { RunFacts } from '../classification/read-facts.ts';
import type { RankedCause, RankedRemediation, RunContext } from '../diagnosis/types.ts';
import { expectedSuccess, noOutcomes, type Outcomes, outcomeKey, type RemedyFeedback } from './outcomes.ts';

type Remediation = KnowledgeFile['remediations'][number];
/** Share of the best score below which advice only distracts: it serves causes that the evidence speaks against. */
const worthShowing = 0.05;
const paddleNames = /^paddlepaddle(-gpu)?$/;
const isPaddle = (name: string) => paddleNames.test(name);
const isTorch = (name: string) => name === 'torch';

/**
 * score(r) = sum over causes of confidence(cause) * fit(r, cause) + what no cause explains * fit of r among the default remedies. The
 * cause that gives the most speaks for the remediation; null when it is general advice.
 */
export function rankRemediations(
  failure: CatalogFailure,
  causes: readonly RankedCause[],
  context: RunContext,
  facts: RunFacts,
): RankedRemediation[] {
  const ranked = failure.knowledge.remediations
    .filter((remediation) => applies(remediation, context, facts))
    .flatMap(({ id }) => scoreRemediation(failure, causes, id, noOutcomes) ?? [])
    .sort(byScore);
  return ranked.filter(({ score }) => score >= worthShowing * (ranked[0]?.score ?? 0));
}

/** The remediations of a diagnosis in the order in which they are worth trying, what people said of them taken into account. */
export function rerankRemediations(
  failure: CatalogFailure,
  { causes, remediations }: { causes: readonly RankedCause[]; remediations: readonly RankedRemediation[] },
  outcomes: Outcomes,
): (RankedRemediation & { feedback: RemedyFeedback })[] {
  return remediations
    .map((before) => {
      const { score, cause } = scoreRemediation(failure, causes, before.id, outcomes) ?? before;
      return { id: before.id, score, cause, feedback: feedbackOn(failure, cause, before.id, outcomes) };
    })
    .sort(byScore);
}

function byScore(a: RankedRemediation, b: RankedRemediation): number {
  return b.score - a.score || a.id.localeCompare(b.id);
}

function scoreRemediation(
  failure: CatalogFailure,
  causes: readonly RankedCause[],
  id: string,
  outcomes: Outcomes,
): RankedRemediation | null {
  const unexplained = Math.max(0, 1 - causes.reduce((sum, cause) => sum + cause.confidence, 0));
  const shares = [
    ...causes.map(({ id: cause, confidence }) => ({ cause: cause as string | null, share: confidence })),
    { cause: null, share: unexplained },
  ];
  const gains = shares.flatMap(({ cause, share }) => {
    const fit = fitOf(failure, cause, id);
    return fit === null ? [] : [{ cause, share, advised: share * fit }];
  });
  const score = gains.reduce(
    (sum, { cause, share }) => sum + share * feedbackOn(failure, cause, id, outcomes).score,
    0,
  );
  if (score <= 0) return null;
  // Not moved by what people said, so that what they said of the remediation stays with the cause it was said of.
  const { cause } = gains.reduce((best, gain) => (gain.advised > best.advised ? gain : best));
  return { id, cause, score: Math.round(score * 10_000) / 10_000 };
}

/** Fit of a remediation for a cause, or among the general advice (cause null); null when it is not advised there. */
function fitOf({ knowledge }: CatalogFailure, cause: string | null, id: string): number | null {
  const uses =
    cause === null
      ? knowledge.default_remedies
      : (knowledge.causes.find((candidate) => candidate.id === cause)?.remedies ?? []);
  return uses.find(({ use }) => use === id)?.fit ?? null;
}

function feedbackOn(failure: CatalogFailure, cause: string | null, id: string, outcomes: Outcomes): RemedyFeedback {
  const { worked, failed } = outcomes.get(outcomeKey(failure.id, cause, id)) ?? { worked: 0, failed: 0 };
  return { worked, failed, score: expectedSuccess(fitOf(failure, cause, id) ?? 0, worked, failed) };
}

/** Whether the remediation can be done here; facts that are not known exclude nothing. */
function applies({ applies: wanted }: Remediation, context: RunContext, facts: RunFacts): boolean {
  if (!wanted) return true;
  if (wanted.os && facts.os !== null && !wanted.os.includes(facts.os)) return false;
  if (wanted.device && facts.device !== null && !wanted.device.includes(facts.device)) return false;
  if (!wanted.package) return true;
  const { names, versions } = wanted.package;
  const installed = versionOf(names, context, facts);
  if (installed !== null) return isVersionIn(installed, versions);
  const isOfAnother = facts.framework === 'paddle' ? isTorch : facts.framework === 'other' ? isPaddle : () => false;
  return !names.every(isOfAnother);
}

function versionOf(names: readonly string[], context: RunContext, facts: RunFacts): string | null {
  const known = parseVersion(installedVersion(names, context));
  if (known !== null) return known;
  if (names.some(isPaddle)) return facts.paddleVersion;
  return names.includes('torch') ? facts.torchVersion : null;
}
