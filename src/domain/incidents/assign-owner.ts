// Whom a project's ownership rules make responsible for a failure: pure.
import picomatch from 'picomatch';
import type { OwnershipRule } from '../../contracts/projects.ts';
import type { Diagnosis } from '../diagnosis/types.ts';

/**
 * The assignee of the last rule of which every given part holds (as Sentry's ownership rules); null when none does.
 * - `class`: the failure class, or a glob over class ids;
 * - `path`: a glob over the files of the in-app frames, from any folder on unless it begins with "/";
 * - `tag`: "key=value" of the run's tags.
 */
export function assignOwner(
  rules: readonly OwnershipRule[],
  diagnosis: Pick<Diagnosis, 'class' | 'exception'>,
  tags: Record<string, unknown> | null,
): string | null {
  const files = (diagnosis.exception?.frames ?? [])
    .filter((frame) => frame.inApp)
    .map((frame) => frame.file.replaceAll('\\', '/'));
  const matching = rules.filter(
    (rule) =>
      (rule.class === undefined || picomatch.isMatch(diagnosis.class, rule.class, options)) &&
      (rule.path === undefined || matchesPath(files, rule.path)) &&
      (rule.tag === undefined || hasTag(tags, rule.tag)),
  );
  return matching.at(-1)?.assignee ?? null;
}

/** Paths are compared with slashes wherever Losswatch runs. */
const options = { dot: true, windows: false };

function matchesPath(files: string[], glob: string): boolean {
  const pattern = glob.startsWith('/') || glob.startsWith('**/') ? glob : `**/${glob}`;
  const isMatch = picomatch(pattern, options);
  return files.some((file) => isMatch(file) || isMatch(`/${file}`));
}

function hasTag(tags: Record<string, unknown> | null, tag: string): boolean {
  const separator = tag.indexOf('=');
  const value = tags?.[tag.slice(0, separator)];
  return value !== undefined && value !== null && String(value) === tag.slice(separator + 1);
}
