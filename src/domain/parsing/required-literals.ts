// What a text must contain for a regular expression to match at all: a small set of literals, one of which is in every match. Understands
// the syntax that the catalog's expressions use; where it does not know, it answers null, which is always safe.
import { shortestLiteral } from './literal-scan.ts';

/** `exact`: all texts the part matches, when they are few. `need`: one of these is in every match of it. Null: not known. */
interface Part {
  exact: string[] | null;
  need: string[] | null;
}

/** More texts than these in sequence are not multiplied out, nor more alternatives told apart. */
const maxProduct = 8;
const maxAlternatives = 160;
const maxClass = 4;
const empty: Part = { exact: [''], need: null };
const anything: Part = { exact: null, need: null };

/** Literals of which every match of `source` (a JavaScript expression without flag "i") contains at least one; null when there are none. */
export function requiredLiterals(source: string): string[] | null {
  const reader: Reader = { source, at: 0 };
  const part = readAlternatives(reader);
  if (reader.at < source.length) return null;
  return toNeed(part);
}

interface Reader {
  source: string;
  at: number;
}

function readAlternatives(reader: Reader): Part {
  const parts = [readSequence(reader)];
  while (reader.source[reader.at] === '|') {
    reader.at += 1;
    parts.push(readSequence(reader));
  }
  const first = parts[0] ?? empty;
  return parts.length === 1 ? first : uniteAll(parts);
}

function uniteAll(parts: Part[]): Part {
  const exact = parts.every((part) => part.exact !== null) ? limit(parts.flatMap((part) => part.exact ?? [])) : null;
  const needs = parts.map(toNeed);
  const need = needs.every((each) => each !== null) ? limit(needs.flatMap((each) => each ?? [])) : null;
  return { exact, need };
}

/** Runs of exactly known text are joined; of all that a match must contain, the most telling is kept. */
function readSequence(reader: Reader): Part {
  let run: string[] = [''];
  let isExact = true;
  let need: string[] | null = null;
  for (;;) {
    const part = readRepeated(reader);
    if (part === null) break;
    const joined = part.exact === null ? null : cross(run, part.exact);
    if (joined !== null) {
      run = joined;
      continue;
    }
    isExact = false;
    need = better(need, better(asLiterals(run), toNeed(part)));
    run = part.exact ?? [''];
  }
  return { exact: isExact ? run : null, need: better(need, asLiterals(run)) };
}

/** One item with its quantifier; null at the end of the sequence. */
function readRepeated(reader: Reader): Part | null {
  const part = readItem(reader);
  if (part === null) return null;
  const quantifier = /^(?:[*+?]|\{(\d+)(,\d*)?\})\??/.exec(reader.source.slice(reader.at, reader.at + 12));
  if (!quantifier) return part;
  reader.at += quantifier[0].length;
  const least = quantifier[1] === undefined ? Number(quantifier[0].startsWith('+')) : Number(quantifier[1]);
  if (quantifier[0].startsWith('?'))
    return { exact: part.exact === null ? null : limit([...part.exact, '']), need: null };
  return least === 0 ? anything : { exact: null, need: toNeed(part) };
}

function readItem(reader: Reader): Part | null {
  const char = reader.source[reader.at];
  if (char === undefined || char === '|' || char === ')') return null;
  if (char === '(') return readGroup(reader);
  if (char === '[') return readClass(reader);
  if (char === '\\') return readEscape(reader);
  reader.at += 1;
  if (char === '^' || char === '$') return empty;
  return char === '.' ? anything : { exact: [char], need: null };
}

const groupOpening = /^\((?:\?(?:[:=!]|<[=!]|<[\w$]+>))?/;

/** What a look-around sees may lie outside the match, so it requires nothing. */
function readGroup(reader: Reader): Part {
  const opening = groupOpening.exec(reader.source.slice(reader.at, reader.at + 100))?.[0] ?? '(';
  reader.at += opening.length;
  const inner = readAlternatives(reader);
  reader.at += 1;
  return /[=!]$/.test(opening) ? empty : inner;
}

function readClass(reader: Reader): Part {
  const found = /^\[(\^?)((?:\\[\s\S]|[^\]\\])*)\]/.exec(reader.source.slice(reader.at));
  if (!found) {
    reader.at = reader.source.length + 1;
    return anything;
  }
  reader.at += found[0].length;
  const body = found[2] ?? '';
  const isPlain = found[1] === '' && !/\\[a-zA-Z0-9]|.-./.test(body);
  const chars = isPlain ? [...body.replace(/\\([\s\S])/g, '$1')] : [];
  return chars.length > 0 && chars.length <= maxClass ? { exact: chars, need: null } : anything;
}

function readEscape(reader: Reader): Part {
  const char = reader.source[reader.at + 1] ?? '';
  reader.at += 2;
  if (char === 'b' || char === 'B') return empty;
  if (char === 't') return { exact: ['\t'], need: null };
  if (/[pPuxk]/.test(char)) return readLongEscape(reader);
  return /[a-zA-Z0-9]/.test(char) ? anything : { exact: [char], need: null };
}

function readLongEscape(reader: Reader): Part {
  const rest = /^(?:\{[^}]*\}|<[^>]*>|[0-9a-fA-F]{2,4})/.exec(reader.source.slice(reader.at, reader.at + 60));
  reader.at += rest?.[0].length ?? 0;
  return anything;
}

function cross(left: string[], right: string[]): string[] | null {
  if (left.length * right.length > maxProduct) return null;
  return left.flatMap((a) => right.map((b) => a + b));
}

function limit(texts: string[]): string[] | null {
  const distinct = [...new Set(texts)];
  return distinct.length <= maxAlternatives ? distinct : null;
}

function toNeed(part: Part): string[] | null {
  return better(part.exact === null ? null : asLiterals(part.exact), part.need);
}

function asLiterals(texts: string[]): string[] | null {
  if (texts.some((text) => text.length < shortestLiteral)) return null;
  return texts.filter((text) => !texts.some((other) => other !== text && text.includes(other)));
}

function better(a: string[] | null, b: string[] | null): string[] | null {
  if (a === null || b === null) return a ?? b;
  return rarity(b) > rarity(a) ? b : a;
}

/** Words that every second line of a training log holds. */
const everyday = /^[\s:=]*(?:loss|epoch|iter|step|time|info|train|rank|error|lr|eta)\w{0,2}[\s:=]*$/i;
/** Shorter literals also slow the search down (literal-scan.ts). */
const shortLiteral = 6;

/** Roughly how seldom a line holds one of the literals: the weakest of them counts, by its letters and signs that logs seldom use. */
function rarity(literals: string[]): number {
  const weights = literals.map((text) => {
    if (everyday.test(text)) return 0;
    const length = text.length < shortLiteral ? text.length / 2 : text.length;
    return length + (text.match(/[^a-z0-9 .:,]/g)?.length ?? 0);
  });
  return Math.min(...weights) - Math.log2(literals.length);
}
