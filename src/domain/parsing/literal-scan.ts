// Finds many literals in many lines in one pass, so that regular expressions need to run only near them. The search is the automaton of Aho
// and Corasick, "Efficient string matching" (1975), over the bytes of UTF-8, as one table: a step per byte, however many literals there are.

export interface LiteralScanner {
  /** In UTF-8, by id. */
  literals: Uint8Array[];
  /** By state and byte, a row of 256 per state: the next state. */
  next: Uint16Array;
  /** States from here on end something: the first the line, the others literals. */
  firstEnd: number;
  /** By state: the literals that have come so far as the automaton knows them, that is their first `depth` bytes. */
  ends: { id: number; depth: number }[][];
}

/** Shorter literals are in every second line. */
export const shortestLiteral = 3;
/** Bytes of a literal that the automaton knows; the rest is compared. It bounds the table. */
const maxDepth = 8;
const lineFeed = 10;
const encoder = new TextEncoder();

interface Node {
  children: Map<number, Node>;
  ends: { id: number; depth: number }[];
  /** The node of the longest end of this node's bytes that is itself the beginning of a literal. */
  fallback: Node | null;
  state: number;
}

/**
 * Prepares a search for `literals`, which hold no line break; hits name them by their place in the list.
 * @throws RangeError when one is shorter than `shortestLiteral`.
 */
export function buildScanner(texts: readonly string[]): LiteralScanner {
  const short = texts.find((text) => text.length < shortestLiteral);
  if (short !== undefined) throw new RangeError(`"${short}" is too short to be searched for`);
  const literals = texts.map((text) => encoder.encode(text));
  const root = newNode();
  for (const [id, bytes] of literals.entries()) insert(root, id, bytes.subarray(0, maxDepth));
  const nodes = linkFallbacks(root);
  const [ending, passing] = [
    nodes.filter(({ ends }) => ends.length > 0),
    nodes.filter(({ ends }) => ends.length === 0),
  ];
  const firstEnd = passing.length;
  for (const [state, node] of passing.entries()) node.state = state;
  for (const [place, node] of ending.entries()) node.state = firstEnd + 1 + place;
  const next = new Uint16Array((nodes.length + 1) << 8);
  for (const node of nodes) fillRow(next, node, firstEnd);
  next.copyWithin(firstEnd << 8, 0, 1 << 8);
  const ends: LiteralScanner['ends'] = [];
  for (const node of ending) ends[node.state] = node.ends;
  return { literals, next, firstEnd, ends };
}

/** Calls `onHit` for every place where a literal stands, from the first line to the last. Case matters. */
export function scanLiterals(
  { literals, next, firstEnd, ends }: LiteralScanner,
  lines: readonly string[],
  onHit: (id: number, line: number) => void,
): void {
  const bytes = encoder.encode(lines.join('\n'));
  let line = 0;
  let state = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    state = next[(state << 8) | (bytes[at] as number)] as number;
    if (state < firstEnd) continue;
    if (state === firstEnd) line += 1;
    else
      for (const { id, depth } of ends[state] as { id: number; depth: number }[])
        if (goesOn(literals[id] as Uint8Array, depth, bytes, at + 1)) onHit(id, line);
  }
}

/** Whether the bytes of a literal from `depth` on stand at `place`. */
function goesOn(literal: Uint8Array, depth: number, bytes: Uint8Array, place: number): boolean {
  for (let index = depth; index < literal.length; index += 1)
    if (literal[index] !== bytes[place + index - depth]) return false;
  return true;
}

function newNode(): Node {
  return { children: new Map(), ends: [], fallback: null, state: 0 };
}

function insert(root: Node, id: number, bytes: Uint8Array): void {
  let node = root;
  for (const byte of bytes) {
    const child = node.children.get(byte) ?? newNode();
    node.children.set(byte, child);
    node = child;
  }
  node.ends.push({ id, depth: bytes.length });
}

/** All nodes, those nearer to the root first, so that a node's fallback stands before it. What ends at the fallback ends at the node too. */
function linkFallbacks(root: Node): Node[] {
  const nodes = [root];
  for (const node of nodes) {
    for (const [byte, child] of node.children) {
      let from = node.fallback;
      while (from && !from.children.has(byte)) from = from.fallback;
      child.fallback = from?.children.get(byte) ?? root;
      child.ends.push(...child.fallback.ends);
      nodes.push(child);
    }
  }
  return nodes;
}

function fillRow(next: Uint16Array, { state, fallback, children }: Node, lineEnd: number): void {
  const row = state << 8;
  if (fallback) next.copyWithin(row, fallback.state << 8, (fallback.state + 1) << 8);
  for (const [byte, child] of children) next[row | byte] = child.state;
  next[row | lineFeed] = lineEnd;
}
