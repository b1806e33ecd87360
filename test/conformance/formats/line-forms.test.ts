// Lines of a form that was met before are read by one expression made of the earlier line (line-forms.ts). That gives what the format's own
// expressions give, for every format and whatever the numbers.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FormatFile } from '../../../src/contracts/log-format.ts';
import { cleanLines, splitLines } from '../../../src/domain/parsing/clean-lines.ts';
import { claimLine, initialFormatState, readerOf } from '../../../src/domain/parsing/formats/claim-line.ts';
import { describePoints, readSample } from '../../../src/domain/parsing/formats/read-sample.ts';
import { markLines, readySearch } from '../../../src/domain/parsing/mark-lines.ts';
import { parseText } from '../../../src/domain/parsing/parse-text.ts';
import { readTestCatalog } from '../../support/catalog.ts';

const { formats } = await readTestCatalog();
const { reader } = readySearch(formats);

/** What the expressions alone read: every line is asked of all formats, which learns no forms. */
function readSlowly(text: string): string {
  return describePoints(readSample(reader.formats, text));
}

function readQuickly(text: string): string {
  const points = parseText(text, formats).points.map(({ step, rank, names, values }) => ({
    step,
    rank,
    values: Object.fromEntries(names.map((name, place) => [name, values[place] ?? Number.NaN])),
  }));
  return describePoints(points);
}

/** Other digits, some of them fewer or more; NaN and infinity for a number now and then; another fill of a bar. */
function vary(text: string, random: () => number): string {
  return text.replace(/\d+(?:\.\d+)?|█+/g, (part) => {
    const pick = random();
    if (part.startsWith('█')) return '█'.repeat(1 + Math.floor(10 * pick));
    if (pick < 0.03)
      return ['nan', 'inf', '-inf', 'NaN', 'None', '-1.5', '1e-05', '.5'][Math.floor(8 * random())] ?? 'nan';
    if (pick < 0.15) return String(Math.floor(10 ** (10 * random())));
    return part.replace(/\d/g, () => String(Math.floor(10 * random())));
  });
}

function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe.each(formats)('$id', ({ samples }: FormatFile) => {
  const text = samples.map((sample) => `${sample.text}\n`).join('');

  it('is read as by its expressions when its lines come again with other numbers', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 31 }), (seed) => {
        const random = randomFrom(seed);
        const again = text + Array.from({ length: 6 }, () => vary(text, random)).join('');
        expect(readQuickly(again)).toBe(readSlowly(again));
      }),
      { numRuns: 25 },
    );
  });
});

it('most kinds of lines have forms', () => {
  const learning = readerOf(reader.formats);
  const everything = formats.flatMap(({ samples }) => samples.map(({ text }) => text)).join('\n');
  const { texts } = cleanLines(splitLines(everything), 0);
  const { marks } = markLines(texts, readySearch(formats));
  const state = initialFormatState();
  for (const [place, mark] of marks.entries())
    if (mark > 3) claimLine(learning, mark & ~3, state, { text: texts[place] ?? '', rank: null });
  const known = new Set([...learning.forms.values()].flat().map(({ format }) => format.id));
  expect([...known].sort()).toEqual(
    expect.arrayContaining(['lightning', 'megatron', 'mmcv', 'paddledetection', 'yolox']),
  );
  expect(known.size).toBeGreaterThan(formats.length / 2);
});
