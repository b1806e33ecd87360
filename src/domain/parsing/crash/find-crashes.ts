// Finds everything that tells of a crash besides Python tracebacks. One pass over the text names the lines worth a look.
import type { CleanLine } from '../clean-lines.ts';
import { noReports } from '../crash-reports.ts';
import { buildPrefilter, findCandidates } from '../prefilter.ts';
import type { CrashReports } from '../types.ts';
import { abortSigns } from './aborts.ts';
import { assertionSigns } from './assertions.ts';
import { deathSigns } from './deaths.ts';
import { nativeErrorSigns } from './native-errors.ts';
import { type Sign, textAt } from './sign.ts';
import { summarySigns } from './summaries.ts';
import { watchdogSigns } from './watchdog.ts';

const signs: Sign[] = [
  ...assertionSigns,
  ...abortSigns,
  ...nativeErrorSigns,
  ...watchdogSigns,
  ...summarySigns,
  ...deathSigns,
];
export const signPrefilter = buildPrefilter(signs.map(({ pattern }) => pattern.source));

/** All reports but traces, in the order of the text. */
export function findCrashes(lines: readonly CleanLine[]): CrashReports {
  const reports = noReports();
  const candidates = findCandidates(
    signPrefilter,
    lines.map(({ text }) => text),
  );
  const looks = candidates.flatMap((numbers, sign) => (numbers ?? []).map((index) => ({ index, sign })));
  for (const { index, sign } of looks.sort((a, b) => a.index - b.index || a.sign - b.sign)) {
    const place = { lines, index, reports };
    const found = signs[sign]?.pattern.exec(textAt(place, index) ?? '');
    if (found) signs[sign]?.read(found, place);
  }
  return reports;
}
