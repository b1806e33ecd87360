// Reads the text of a format's sample, as a source that holds nothing else.
import { cleanLines, lineAt, splitLines } from '../clean-lines.ts';
import { claimLine, initialFormatState, readerOf } from './claim-line.ts';
import type { CompiledFormat } from './compile-format.ts';

export interface SamplePoint {
  step: number;
  rank?: number | undefined;
  values: Record<string, number | string>;
}

const everyFormat = -1;

export function readSample(formats: readonly CompiledFormat[], text: string): SamplePoint[] {
  const state = initialFormatState();
  const reader = readerOf(formats);
  const lines = cleanLines(splitLines(text), 0);
  return lines.texts.flatMap((_, index) => {
    const claim = claimLine(reader, everyFormat, state, lineAt(lines, index));
    if (!claim?.read) return [];
    const { step, names, values } = claim.read;
    const pairs = names.map((name, place) => [name, values[place] ?? Number.NaN] as const);
    return [{ step, rank: claim.rank ?? 0, values: Object.fromEntries(pairs) }];
  });
}

/** Points as one text, so that NaN equals NaN and the order of names does not matter. */
export function describePoints(points: SamplePoint[]): string {
  return points
    .map(({ step, rank, values }) => {
      const parts = Object.entries(values).map(([name, value]) => `${name}=${Number(value)}`);
      return `step ${step}${rank ? ` of rank ${rank}` : ''}: ${parts.sort().join(', ')}`;
    })
    .join('; ');
}
