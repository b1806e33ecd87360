// One pass over many lines that tells which are worth a closer look: where a report may begin, which a log format may read, which may be
// signs of a crash. The rest, nearly all of a log, is never looked at again.
import type { FormatFile } from '../../contracts/log-format.ts';
import { type Look, signs } from './crash/find-crashes.ts';
import { type FormatReader, formatBit, readerOf } from './formats/claim-line.ts';
import { expressionsOfFormat } from './formats/compile-format.ts';
import { orderFormats } from './formats/order-formats.ts';
import { buildPrefilter, type Prefilter, scanLines } from './prefilter.ts';
import { opener } from './trace-lines.ts';

export const mayOpenReport = 1;
export const mayBeSign = 2;

export interface LineMarks {
  /** By place of the line: `mayOpenReport`, `mayBeSign`, and the bits (claim-line.ts formatBit) of the formats that may read it. */
  marks: Int32Array;
  looks: Look[];
  /** By further expression: places of the lines that may match it. */
  candidates: Map<string, number[]>;
}

/** The search for all that a text is looked through for at once. */
export interface ReadySearch {
  /** Log formats in the order in which they are asked. */
  reader: FormatReader;
  prefilter: Prefilter;
  /** By expression behind the signs: the bit of its reader. */
  bits: number[];
  /** Expressions behind those. */
  further: readonly string[];
}

const ready = new WeakMap<FormatFile[], WeakMap<readonly string[], ReadySearch>>();
const nothingFurther: readonly string[] = [];

/** Both should be one list for the life of the process: what is made of them is kept with them. */
export function readySearch(formats: FormatFile[], further = nothingFurther): ReadySearch {
  const ofFormats = ready.get(formats) ?? new WeakMap<readonly string[], ReadySearch>();
  const known = ofFormats.get(further) ?? makeReady(formats, further);
  ready.set(formats, ofFormats.set(further, known));
  return known;
}

function makeReady(formats: FormatFile[], further: readonly string[]): ReadySearch {
  const { files, compiled } = orderFormats(formats);
  const ofFormats = files.flatMap((file, place) =>
    expressionsOfFormat(file).map((source) => ({ source, bit: formatBit(place) })),
  );
  const expressions = [{ source: opener, bit: mayOpenReport }, ...ofFormats];
  return {
    reader: readerOf(compiled),
    prefilter: buildPrefilter([
      ...signs.map(({ pattern }) => pattern.source),
      ...expressions.map(({ source }) => source),
      ...further,
    ]),
    bits: expressions.map(({ bit }) => bit),
    further,
  };
}

export function markLines(texts: readonly string[], { prefilter, bits, further }: ReadySearch): LineMarks {
  const always = prefilter.unfiltered.reduce((sum, expression) => sum | (bits[expression - signs.length] ?? 0), 0);
  const marks = new Int32Array(texts.length).fill(always);
  const looks: Look[] = [];
  const firstFurther = signs.length + bits.length;
  const places = further.map((): number[] => []);
  scanLines(prefilter, texts, (expression, index) => {
    if (expression >= firstFurther) {
      const known = places[expression - firstFurther] as number[];
      if (known[known.length - 1] !== index) known.push(index);
      return;
    }
    const isSign = expression < signs.length;
    if (isSign) looks.push({ index, sign: expression });
    marks[index] = (marks[index] ?? 0) | (isSign ? mayBeSign : (bits[expression - signs.length] ?? 0));
  });
  const candidates = new Map(further.map((source, place) => [source, places[place] ?? []]));
  for (const expression of prefilter.unfiltered) candidates.delete(further[expression - firstFurther] ?? '');
  return { marks, looks, candidates };
}
