// One pass over many lines that tells which are worth a closer look: where a report may begin, which a log format may read, which may be
// signs of a crash. The rest, nearly all of a log, is never looked at again.
import type { FormatFile } from '../../contracts/log-format.ts';
import { type Look, signs } from './crash/find-crashes.ts';
import { formatBit } from './formats/claim-line.ts';
import { type CompiledFormat, expressionsOfFormat } from './formats/compile-format.ts';
import { orderFormats } from './formats/order-formats.ts';
import { buildPrefilter, type Prefilter, scanLines } from './prefilter.ts';
import { opener } from './trace-lines.ts';

export const mayOpenReport = 1;
export const mayBeSign = 2;

export interface LineMarks {
  /** By place of the line: `mayOpenReport`, `mayBeSign`, and the bits (claim-line.ts formatBit) of the formats that may read it. */
  marks: Int32Array;
  looks: Look[];
}

/** Log formats in the order in which they are asked, with the search for the lines that are worth asking them. */
export interface ReadyFormats {
  files: FormatFile[];
  compiled: CompiledFormat[];
  prefilter: Prefilter;
  /** By expression behind the signs: the bit of its reader. */
  bits: number[];
}

const ready = new WeakMap<FormatFile[], ReadyFormats>();

/** `formats` should be one list for the life of the process: what is made of it is kept with it. */
export function readyFormats(formats: FormatFile[]): ReadyFormats {
  const known = ready.get(formats) ?? makeReady(formats);
  ready.set(formats, known);
  return known;
}

function makeReady(formats: FormatFile[]): ReadyFormats {
  const { files, compiled } = orderFormats(formats);
  const ofFormats = files.flatMap((file, place) =>
    expressionsOfFormat(file).map((source) => ({ source, bit: formatBit(place) })),
  );
  const expressions = [{ source: opener, bit: mayOpenReport }, ...ofFormats];
  return {
    files,
    compiled,
    prefilter: buildPrefilter([
      ...signs.map(({ pattern }) => pattern.source),
      ...expressions.map(({ source }) => source),
    ]),
    bits: expressions.map(({ bit }) => bit),
  };
}

export function markLines(texts: readonly string[], { prefilter, bits }: ReadyFormats): LineMarks {
  const always = prefilter.unfiltered.reduce((sum, expression) => sum | (bits[expression - signs.length] ?? 0), 0);
  const marks = new Int32Array(texts.length).fill(always);
  const looks: Look[] = [];
  scanLines(prefilter, texts, (expression, index) => {
    const isSign = expression < signs.length;
    if (isSign) looks.push({ index, sign: expression });
    marks[index] = (marks[index] ?? 0) | (isSign ? mayBeSign : (bits[expression - signs.length] ?? 0));
  });
  return { marks, looks };
}
