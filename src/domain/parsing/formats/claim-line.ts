// Finds the format that a line is in. Formats are asked in their order (order-formats.ts); each remembers what it needs of the lines
// before, for every rank of the source apart.
import { withoutRankPrefix } from '../line-prefix.ts';
import type { CompiledFormat } from './compile-format.ts';
import { emptyContext, type FormatContext } from './make-step.ts';
import { forgetsAt, type LogValues, readMetrics, readReminders } from './read-format-line.ts';

/** What is known of a source between two lines; JSON-safe, bounded. */
export interface FormatState {
  /** Id of the format of the last metric line; null before the first. */
  format: string | null;
  /** What formats remember, by "format@rank". */
  contexts: Record<string, FormatContext>;
  /** A line said that the training is done, and no training line came after it. */
  isEnded: boolean;
}

export interface Claim {
  format: CompiledFormat;
  rank: number | null;
  /** Null for a line that is only remembered. */
  read: LogValues | null;
}

/** Contexts kept; the oldest is forgotten. */
const maxContexts = 64;

export function initialFormatState(): FormatState {
  return { format: null, contexts: {}, isEnded: false };
}

/** Bit of a format, by its place in the order, in a line's mark; the lowest two are free. Formats beyond the last bit share it. */
export function formatBit(place: number): number {
  return 4 << Math.min(place, 29);
}

/** `candidates`: bits of the formats to ask. `state` is changed. */
export function claimLine(
  formats: readonly CompiledFormat[],
  candidates: number,
  state: FormatState,
  line: { text: string; rank: number | null },
): Claim | null {
  const bare = line.rank === null ? withoutRankPrefix(line.text) : null;
  const own = bare && claimText(formats, candidates, state, bare.text, bare.rank);
  return own ?? claimText(formats, candidates, state, line.text, line.rank);
}

/** The first format that reads values has the line; what other formats remember of it they note all the same. */
function claimText(
  formats: readonly CompiledFormat[],
  candidates: number,
  state: FormatState,
  text: string,
  rank: number | null,
): Claim | null {
  let claim: Claim | null = null;
  for (let place = 0; place < formats.length; place += 1) {
    const format = formats[place];
    if (!format || (candidates & formatBit(place)) === 0) continue;
    const own = claimIn(format, state, { text, rank }, claim?.read != null);
    if (own && (claim === null || own.read)) claim = own;
  }
  return claim;
}

function claimIn(
  format: CompiledFormat,
  state: FormatState,
  { text, rank }: { text: string; rank: number | null },
  isTaken: boolean,
): Claim | null {
  const key = rank === null ? format.key : format.key + rank;
  const context = state.contexts[key] ?? emptyContext();
  const columns = context.columns;
  const isRemembered = readReminders(format, text, context);
  if (context.columns !== columns) forgetOtherHeaders(state, key);
  const read = isTaken ? null : readMetrics(format, text, context);
  const isForgotten = forgetsAt(format, text, context);
  if (read) state.format = format.id;
  const saysEnd = state.format === format.id && format.end?.test(text) === true;
  if (saysEnd) state.isEnded = true;
  else if (read && !read.isBorrowed) state.isEnded = false;
  if (!read && !isRemembered && !isForgotten) return saysEnd ? { format, rank, read } : null;
  keep(state, key, context);
  return { format, rank, read };
}

/** A header ends the table above it, whatever its format. */
function forgetOtherHeaders(state: FormatState, key: string): void {
  const rank = key.slice(key.indexOf('@'));
  for (const [other, context] of Object.entries(state.contexts))
    if (other !== key && other.endsWith(rank)) context.columns = null;
}

function keep(state: FormatState, key: string, context: FormatContext): void {
  if (!Object.hasOwn(state.contexts, key)) {
    const oldest = Object.keys(state.contexts);
    if (oldest.length >= maxContexts) delete state.contexts[oldest[0] ?? ''];
  }
  state.contexts[key] = context;
}

/** Bits of the formats whose rows any line may be, because their header has been seen. */
export function followersIn(formats: readonly CompiledFormat[], state: FormatState): number {
  let bits = 0;
  for (const key of Object.keys(state.contexts)) {
    if (state.contexts[key]?.columns == null) continue;
    const place = formats.findIndex(({ key: own, followsHeader }) => followsHeader && key.startsWith(own));
    if (place >= 0) bits |= formatBit(place);
  }
  return bits;
}
