// Finds many literals in a long text in one pass, so that regular expressions need to run only near them.

export interface LiteralScanner {
  groups: LiteralGroup[];
}

/** Literals that are searched together. A group with a short literal cannot leap far, so short ones have a group of their own. */
interface LiteralGroup {
  literals: { text: string; id: number }[];
  /** Length of the shortest: only the first `window` characters of a literal steer the search. */
  window: number;
  /** By hash of three characters: how far the window may leap when it ends in them; 0 when a literal may end there. */
  leaps: Uint8Array;
  /** By the same hash: the literals whose window ends in it. */
  candidates: ReadonlyMap<number, { text: string; id: number }[]>;
}

/** Shortest literal that can be searched for. */
export const shortestLiteral = 3;
const longLiteral = 6;
const hashes = 1 << 16;

/**
 * Prepares a search for `literals`; hits name them by their place in the list.
 * @throws RangeError when one is shorter than `shortestLiteral`.
 */
export function buildScanner(literals: readonly string[]): LiteralScanner {
  const numbered = literals.map((text, id) => ({ text, id }));
  const short = numbered.find(({ text }) => text.length < shortestLiteral);
  if (short) throw new RangeError(`"${short.text}" is too short to be searched for`);
  const groups = [
    numbered.filter(({ text }) => text.length >= longLiteral),
    numbered.filter(({ text }) => text.length < longLiteral),
  ];
  return { groups: groups.filter((group) => group.length > 0).map(buildGroup) };
}

/** Calls `onHit` for every place where a literal stands, per group from left to right. Case matters. */
export function scanLiterals(scanner: LiteralScanner, text: string, onHit: (id: number, index: number) => void): void {
  for (const group of scanner.groups) {
    if (group.window === shortestLiteral) scanStepwise(group, text, onHit);
    else scanByLeaps(group, text, onHit);
  }
}

/** The tables of Wu and Manber, "A fast algorithm for multi-pattern searching" (1994), over blocks of three characters. */
function buildGroup(literals: LiteralGroup['literals']): LiteralGroup {
  const window = literals.reduce((least, { text }) => Math.min(least, text.length), 100);
  const leaps = new Uint8Array(hashes).fill(window - 2);
  const candidates = new Map<number, LiteralGroup['literals']>();
  for (const literal of literals) {
    for (let end = 2; end < window; end += 1) {
      const hash = hashAt(literal.text, end);
      leaps[hash] = Math.min(leaps[hash] ?? 0, window - 1 - end);
      if (end === window - 1) candidates.set(hash, [...(candidates.get(hash) ?? []), literal]);
    }
  }
  return { literals, window, leaps, candidates };
}

function scanByLeaps(group: LiteralGroup, text: string, onHit: (id: number, index: number) => void): void {
  const { leaps, window } = group;
  let end = window - 1;
  while (end < text.length) {
    const hash = hashAt(text, end);
    const leap = leaps[hash] ?? 1;
    if (leap === 0) compare(group, hash, text, end, onHit);
    end += leap === 0 ? 1 : leap;
  }
}

/** Where no leap is possible, reading each character once is quicker. */
function scanStepwise(group: LiteralGroup, text: string, onHit: (id: number, index: number) => void): void {
  const { leaps } = group;
  let first = text.charCodeAt(0);
  let second = text.charCodeAt(1);
  for (let end = 2; end < text.length; end += 1) {
    const third = text.charCodeAt(end);
    const hash = hashOf(first, second, third);
    if (leaps[hash] === 0) compare(group, hash, text, end, onHit);
    first = second;
    second = third;
  }
}

function compare(
  { candidates, window }: LiteralGroup,
  hash: number,
  text: string,
  end: number,
  onHit: (id: number, index: number) => void,
): void {
  const start = end - window + 1;
  for (const literal of candidates.get(hash) ?? []) if (text.startsWith(literal.text, start)) onHit(literal.id, start);
}

function hashAt(text: string, end: number): number {
  return hashOf(text.charCodeAt(end - 2), text.charCodeAt(end - 1), text.charCodeAt(end));
}

function hashOf(first: number, second: number, third: number): number {
  return ((first << 10) ^ (second << 5) ^ third) & (hashes - 1);
}
