// Which printed values are means or medians over the trainer's logging window, and which are the step's own.
import type { FormatFile } from '../../../contracts/log-format.ts';

const exact = new WeakMap<FormatFile, RegExp | null>();

/** `name` is the product's name of the value; a format that is not known prints exact values. */
export function isWindowed(formats: readonly FormatFile[], id: string | null, name: string): boolean {
  const format = formats.find((candidate) => candidate.id === id);
  if (!format || format.window === 'exact') return false;
  return exactNames(format)?.test(name) !== true;
}

function exactNames(format: FormatFile): RegExp | null {
  const known = exact.get(format);
  if (known !== undefined) return known;
  const names = format.exact === undefined ? null : new RegExp(format.exact);
  exact.set(format, names);
  return names;
}
