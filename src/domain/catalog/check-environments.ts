// What the table of known bad environments must say: known classes and causes, sound expressions, and samples that are warned.
import type { Catalog } from '../../contracts/catalog.ts';
import type { KnownBadEnvironment } from '../../contracts/known-bad-environment.ts';
import { findKnownBad } from '../remedies/known-bad-environments.ts';
import { checkText, duplicates } from './check-texts.ts';

const file = 'known-bad-environments.yaml';

/** Pure; every problem names the entry. */
export function checkEnvironments(catalog: Catalog): string[] {
  const ids = catalog.environments.map(({ id }) => id);
  return [
    ...duplicates(ids).map((id) => `${file}: ${id} is there twice`),
    ...catalog.environments.flatMap((entry) => checkEntry(entry, catalog)),
  ];
}

function checkEntry(entry: KnownBadEnvironment, catalog: Catalog): string[] {
  const place = `${file}, ${entry.id}`;
  const broken = expressionProblem(entry.when.gpu);
  return [
    ...(broken === null ? [] : [`${place}: ${broken}`]),
    ...entry.leads_to.flatMap((effect) => checkEffect(effect, catalog).map((problem) => `${place}: ${problem}`)),
    ...[entry.text, entry.advice].flatMap((text) => checkText(place, text, [])),
    ...(broken !== null || isWarned(entry, catalog) ? [] : [`${place}: its sample is not warned`]),
  ];
}

function checkEffect(effect: KnownBadEnvironment['leads_to'][number], catalog: Catalog): string[] {
  const failure = catalog.failures.get(effect.class);
  if (!failure) return [`there is no class ${effect.class}`];
  const isKnown = effect.cause === undefined || failure.causes.some(({ id }) => id === effect.cause);
  return isKnown ? [] : [`${effect.class} has no cause ${effect.cause}`];
}

function expressionProblem(source: string | undefined): string | null {
  try {
    new RegExp(source ?? '');
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function isWarned({ id, sample }: KnownBadEnvironment, catalog: Catalog): boolean {
  const context = {
    framework: null,
    device: sample.device ?? null,
    environment: sample.environment,
    worldSize: sample.world_size ?? null,
  };
  return findKnownBad(context, catalog).some((found) => found.id === id);
}
