// Which version of a package a run is known to have.
import type { RunContext } from '../diagnosis/types.ts';

/** Distribution names are compared as PEP 503 does; the framework of the run counts as a package of its name. Null when not known. */
export function installedVersion(
  names: readonly string[],
  { environment, framework }: Pick<RunContext, 'environment' | 'framework'>,
): string | null {
  const wanted = names.map(normalise);
  const packages = Object.entries(environment?.packages ?? {});
  const found = packages.find(([name, version]) => version !== null && wanted.includes(normalise(name)));
  if (found) return found[1];
  return framework && wanted.includes(normalise(framework.name)) ? (framework.version ?? null) : null;
}

/** People call torch by the name of its project. */
function normalise(name: string): string {
  return name
    .toLowerCase()
    .replace(/[-_.]+/g, '-')
    .replace(/^pytorch$/, 'torch');
}
