// Reads everything that tells of a crash besides Python tracebacks, at the lines that mark-lines.ts found worth a look.
import type { CleanLines } from '../clean-lines.ts';
import { noReports } from '../crash-reports.ts';
import { isSourceCode } from '../trace-lines.ts';
import type { CrashReports } from '../types.ts';
import { abortSigns } from './aborts.ts';
import { assertionSigns } from './assertions.ts';
import { deathSigns } from './deaths.ts';
import { nativeErrorSigns } from './native-errors.ts';
import { type Sign, textAt } from './sign.ts';
import { summarySigns } from './summaries.ts';
import { watchdogSigns } from './watchdog.ts';

/** Of several signs that know a line the first counts where they would report the same. */
export const signs: Sign[] = [
  ...assertionSigns,
  ...abortSigns,
  ...nativeErrorSigns,
  ...watchdogSigns,
  ...summarySigns,
  ...deathSigns,
];

/** A line that one of the signs may be on. */
export interface Look {
  /** Place of the line. */
  index: number;
  /** Place of the sign in `signs`. */
  sign: number;
}

/** All reports but traces, in the order of the text. */
export function findCrashes(lines: CleanLines, looks: readonly Look[]): CrashReports {
  const reports = noReports();
  let last: Look | null = null;
  for (const look of [...looks].sort((a, b) => a.index - b.index || a.sign - b.sign)) {
    const isDone = last !== null && last.index === look.index && last.sign === look.sign;
    last = look;
    if (isDone) continue;
    const place = { lines, index: look.index, reports };
    const text = textAt(place, look.index) ?? '';
    const found = signs[look.sign]?.pattern.exec(text);
    if (found && !isSourceCode(text)) signs[look.sign]?.read(found, place);
  }
  return reports;
}
