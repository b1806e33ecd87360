// Compares what is known of a run's environment with the combinations that are known to fail (catalog/known-bad-environments.yaml).
import type { Catalog } from '../../contracts/catalog.ts';
import type { Locale } from '../../contracts/common.ts';
import type { KnownBadEnvironment } from '../../contracts/known-bad-environment.ts';
import type { EnvironmentWarning } from '../../contracts/runs.ts';
import { isVersionIn, parseVersion } from '../classification/framework-version.ts';
import { installedVersion } from '../classification/installed-version.ts';
import { readFacts } from '../classification/read-facts.ts';
import type { ImpliedCause } from '../diagnosis/score-causes.ts';
import type { RunContext } from '../diagnosis/types.ts';

/** Start of the names under which such an environment is shown as evidence. */
export const knownBadSignal = 'env.known-bad.';

export type EnvironmentContext = Pick<RunContext, 'framework' | 'device' | 'environment' | 'worldSize'>;

/** The combinations that this run is known to have, in the order of the table. */
export function findKnownBad(context: EnvironmentContext, catalog: Catalog): KnownBadEnvironment[] {
  return catalog.environments.filter(({ when }) => holds(when, context));
}

/** The warnings of a run in one language. */
export function warnOfEnvironment(context: EnvironmentContext, catalog: Catalog, locale: Locale): EnvironmentWarning[] {
  return findKnownBad(context, catalog).map(({ id, severity, text, advice, leads_to, sources }) => ({
    id,
    severity,
    text: text[locale],
    advice: advice[locale],
    classes: [...new Set(leads_to.map((each) => each.class))],
    sources,
  }));
}

/** What the environment says about the causes of a class. */
export function causesOfEnvironment(context: EnvironmentContext, catalog: Catalog, failure: string): ImpliedCause[] {
  return findKnownBad(context, catalog).flatMap(({ id, leads_to }) =>
    leads_to.flatMap((each) =>
      each.class === failure && each.cause !== undefined
        ? [{ cause: each.cause, weight: each.weight ?? 1, signal: `${knownBadSignal}${id}`, data: {} }]
        : [],
    ),
  );
}

function holds(when: KnownBadEnvironment['when'], context: EnvironmentContext): boolean {
  const { environment } = context;
  const facts = readFacts({
    text: null,
    captures: null,
    context: { ...context, config: null, regRange: null, numClasses: null },
  });
  return (
    (when.packages ?? []).every(({ names, versions }) => isWithin(installedVersion(names, context), versions)) &&
    (when.os === undefined || (facts.os !== null && when.os.includes(facts.os))) &&
    (when.device === undefined || (facts.device !== null && when.device.includes(facts.device))) &&
    isWithin(environment?.python, when.python) &&
    isWithin(environment?.cuda, when.cuda) &&
    isWithin(environment?.driver, when.driver) &&
    (when.gpu === undefined || new RegExp(when.gpu, 'i').test(environment?.gpu ?? '')) &&
    (when.world_size === undefined || (context.worldSize ?? 1) >= when.world_size)
  );
}

/** Where a version is not wanted anything does; where it is wanted and not known, nothing. */
function isWithin(version: string | null | undefined, wanted: string | undefined): boolean {
  if (wanted === undefined) return true;
  const parsed = parseVersion(version);
  return parsed !== null && isVersionIn(parsed, wanted);
}
