// Orders the remediations of a class for one run: what helps the likely causes first, and nothing that cannot be done in its environment.
import type { CatalogFailure, KnowledgeFile } from '../../contracts/catalog.ts';
import { isVersionIn, parseVersion } from '../classification/framework-version.ts';
import { installedVersion } from '../classification/installed-version.ts';
import type { RunFacts } from '../classification/read-facts.ts';
import type { RankedCause, RankedRemediation, RunContext } from '../diagnosis/types.ts';

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
  const { knowledge } = failure;
  const unexplained = Math.max(0, 1 - causes.reduce((sum, cause) => sum + cause.confidence, 0));
  const gains = [
    ...causes.flatMap(({ id, confidence }) =>
      (knowledge.causes.find((cause) => cause.id === id)?.remedies ?? []).map(({ use, fit }) => ({
        use,
        cause: id as string | null,
        gain: confidence * fit,
      })),
    ),
    ...knowledge.default_remedies.map(({ use, fit }) => ({ use, cause: null, gain: unexplained * fit })),
  ];
  const ranked = knowledge.remediations
    .filter((remediation) => applies(remediation, context, facts))
    .flatMap(({ id }) => {
      const own = gains.filter(({ use }) => use === id);
      const strongest = own.reduce<(typeof own)[number] | null>(
        (best, gain) => (best === null || gain.gain > best.gain ? gain : best),
        null,
      );
      const score = own.reduce((sum, { gain }) => sum + gain, 0);
      return strongest && score > 0 ? [{ id, cause: strongest.cause, score: Math.round(score * 10_000) / 10_000 }] : [];
    })
    .sort((a, b) => b.score - a.score || a.id.localeCompare(b.id));
  return ranked.filter(({ score }) => score >= worthShowing * (ranked[0]?.score ?? 0));
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
