// From raw console text to lines as a person means them: progress bars that redraw with carriage returns are split, colours and
// backspaces are gone, and the prefix by which a launcher marks a rank's output is taken off and kept as the rank.

/** One cleaned line; `number` is its 0-based place in the source it was read from. */
export interface CleanLine {
  text: string;
  number: number;
  /** Rank named by the line's prefix; null when it names none. */
  rank: number | null;
}

/** Lines of one source that stand one after another: `texts[i]` is line `first + i`. */
export interface CleanLines {
  texts: string[];
  /** Ranks that prefixes named, by place in `texts`. */
  ranks: ReadonlyMap<number, number>;
  first: number;
}

/** A longer line is cut here for parsing and still counts as one line. Characters (UTF-16 units). */
export const maxLineLength = 64 * 1024;

const lineBreak = /\r\n|\r|\n/;

/** Splits at \n, \r\n and lone \r; a break at the end starts no further line. */
export function splitLines(text: string): string[] {
  const lines = text.split(lineBreak);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** At most `length` characters, never half of a surrogate pair (which PostgreSQL's jsonb would refuse). */
export function cutText(text: string, length: number): string {
  if (text.length <= length) return text;
  const cut = text.slice(0, length);
  return /[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut;
}

// Written from character codes: a control character inside a regular expression is refused by the linter, with good reason.
const esc = String.fromCharCode(0x1b);
const bell = String.fromCharCode(0x07);
const backspace = String.fromCharCode(0x08);
/** CSI and OSC sequences (ECMA-48, 5.4 and 5.6). */
const ansiSequence = new RegExp(
  `${esc}(?:\\[[0-?]*[ -/]*[@-~]|\\][^${bell}${esc}]*(?:${bell}|${esc}\\\\)|[@-Z\\\\^_])`,
  'g',
);

/**
 * Prefixes of torch's excepthook (global rank, one space), torchrun --tee (local rank, no space) and mpirun --tag-output
 * (job, rank). They nest; the innermost is the process's own word and wins.
 */
const rankPrefix = /^(?:\[rank(\d{1,7})\]: ?|\[default(\d{1,7})\]:|\[\d+,(\d{1,7})\]<std(?:out|err)>: ?)/;
const maxNestedPrefixes = 3;

/** Takes off colours, backspaces and rank prefixes; the line is cut to maxLineLength first. */
export function cleanLine(raw: string, number: number): CleanLine {
  let text = stripControls(cutText(raw, maxLineLength));
  let rank: number | null = null;
  for (let depth = 0; depth < maxNestedPrefixes; depth += 1) {
    const prefix = rankPrefix.exec(text);
    if (!prefix) break;
    rank = Number(prefix[1] ?? prefix[2] ?? prefix[3]);
    text = text.slice(prefix[0].length);
  }
  return { text, number, rank };
}

/** cleanLine() of many lines, most of which need no cleaning. */
export function cleanLines(raws: string[], first: number): CleanLines {
  const ranks = new Map<number, number>();
  const texts = raws.map((raw, index) => {
    if (isClean(raw)) return raw;
    const { text, rank } = cleanLine(raw, first + index);
    if (rank !== null) ranks.set(index, rank);
    return text;
  });
  return { texts, ranks, first };
}

function isClean(raw: string): boolean {
  return raw.length <= maxLineLength && !raw.startsWith('[') && !raw.includes(esc) && !raw.includes(backspace);
}

export function lineAt({ texts, ranks, first }: CleanLines, index: number): CleanLine {
  return { text: texts[index] ?? '', number: first + index, rank: ranks.get(index) ?? null };
}

function stripControls(text: string): string {
  const plain = text.includes(esc) ? text.replace(ansiSequence, '') : text;
  return plain.includes(backspace) ? plain.replaceAll(backspace, '') : plain;
}
