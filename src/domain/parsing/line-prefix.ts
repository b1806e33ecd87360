// What collectors of logs put before every line: times, host names, "(Worker pid=7) ", "1: ". A traceback's header shows the prefix; lines
// with the same one belong to it.

/** Longest prefix that is looked for. */
const maxPrefix = 200;

/** A prefix with its digits of times and dates made equal, so that it fits the following lines too. */
export function shapeOf(prefix: string): string {
  return prefix
    .replace(/\d+(?=[-:/.,T]\d)/g, zeros)
    .replace(/([-:/.,T])(\d+)/g, (_, sign, digits) => sign + zeros(digits));
}

function zeros(digits: string): string {
  return '0'.repeat(digits.length);
}

/** The line without a prefix of this shape; null when it has another beginning. An empty line may have lost the prefix's last space. */
export function withoutPrefix(text: string, shape: string): string | null {
  const start = text.slice(0, shape.length);
  if (shapeOf(start) === shape) return text.slice(shape.length);
  return shapeOf(text) === shape.trimEnd() ? '' : null;
}

/** What stands before a header's or a frame's own text; null when nothing does, or too much. */
export function prefixBefore(text: string, own: string): string | null {
  const length = text.indexOf(own);
  return length > 0 && length <= maxPrefix && text.slice(0, length).trim() !== '' ? text.slice(0, length) : null;
}

/** "1: " is how srun -l and mpirun name a rank. */
export function rankOfPrefix(prefix: string): number | null {
  const found = /^\s*(\d{1,5}): $/.exec(prefix);
  return found ? Number(found[1]) : null;
}

/**
 * The line without the prefix by which srun -l, mpirun ("1: ") or pdsh ("worker-0: ", a host, not a rank) names its writer; null when it
 * has none. Programs begin lines of their own so, too: only a reader that knows the rest should take it off.
 */
export function withoutRankPrefix(text: string): { text: string; rank: number | null } | null {
  const found = /^ {0,8}(?:(\d{1,5})|[A-Za-z][\w.-]{0,62}-\d{1,5}): /.exec(text);
  if (!found) return null;
  return { text: text.slice(found[0].length), rank: found[1] === undefined ? null : Number(found[1]) };
}
