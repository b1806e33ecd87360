// Finds the format that a line is in. Formats are asked in their order (order-formats.ts); each remembers what it needs of the lines
// before, for every rank of the source apart. Forms of lines that were read before (line-forms.ts) spare the asking.
import { withoutRankPrefix } from '../line-prefix.ts';
import type { CompiledFormat } from './compile-format.ts';
import { type LineForm, learnForm, readForm } from './line-forms.ts';
import { emptyContext, type FormatContext } from './make-step.ts';
import { forgetsAt, isReminder, type LogValues, longestLine, readMetrics, readReminders } from './read-format-line.ts';

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

/** Formats in their order, and the forms in which lines have come lately. Forms depend on the formats alone, not on a source. */
export interface FormatReader {
  formats: readonly CompiledFormat[];
  /** By the candidates of their lines, those that came last first. */
  forms: Map<number, LineForm[]>;
  /** Lines read since a form was learned. */
  unlearned: number;
}

/** Contexts kept; the oldest is forgotten. */
const maxContexts = 64;
/** Forms kept per set of candidates, and such sets. */
const maxForms = 16;
const maxSets = 64;
/** A log whose lines are all different has no forms: so many lines are read between two that are learned when the list is full. */
const learningPause = 64;

export function initialFormatState(): FormatState {
  return { format: null, contexts: {}, isEnded: false };
}

export function readerOf(formats: readonly CompiledFormat[]): FormatReader {
  return { formats, forms: new Map(), unlearned: 0 };
}

/** Bit of a format, by its place in the order, in a line's mark; the lowest two are free. Formats beyond the last bit share it. */
export function formatBit(place: number): number {
  return 4 << Math.min(place, 29);
}

interface Line {
  text: string;
  rank: number | null;
}

/** `candidates`: bits of the formats to ask. `state` is changed. */
export function claimLine(reader: FormatReader, candidates: number, state: FormatState, line: Line): Claim | null {
  const bare = line.rank === null ? withoutRankPrefix(line.text) : null;
  const own = bare && claimText(reader, candidates, state, bare);
  return own ?? claimText(reader, candidates, state, line);
}

function claimText(reader: FormatReader, candidates: number, state: FormatState, line: Line): Claim | null {
  const forms = reader.forms.get(candidates);
  const known = forms && claimByForm(forms, state, line);
  if (known) return known;
  const claim = askFormats(reader.formats, candidates, state, line);
  if (claim?.read) learn(reader, candidates, state, { ...claim, read: claim.read }, line);
  return claim;
}

function claimByForm(forms: LineForm[], state: FormatState, { text, rank }: Line): Claim | null {
  if (text.length > longestLine) return null;
  for (let place = 0; place < forms.length; place += 1) {
    const form = forms[place] as LineForm;
    const key = keyOf(form.format, rank);
    const context = state.contexts[key] ?? emptyContext();
    const read = readForm(form, text, context);
    if (!read) continue;
    if (place > 0) forms.unshift(...forms.splice(place, 1));
    noteRead(state, form.format, read);
    keep(state, key, context);
    return { format: form.format, rank, read };
  }
  return null;
}

/**
 * Lines of which any format remembers something have no form, and neither have those that may be rows below a header, or that another
 * format or kind of line would take if it knew more or the digits were others.
 */
function learn(
  reader: FormatReader,
  candidates: number,
  state: FormatState,
  { format, rank, read }: Claim & { read: LogValues },
  { text }: Line,
): void {
  const forms = reader.forms.get(candidates) ?? [];
  reader.unlearned += 1;
  if (forms.length >= maxForms && reader.unlearned < learningPause) return;
  if (forms.length === 0 && reader.forms.size >= maxSets) return;
  const asked = reader.formats.filter((_, place) => (candidates & formatBit(place)) !== 0);
  if (asked.some((other) => other.followsHeader || isReminder(other, text))) return;
  const others = asked.slice(0, asked.indexOf(format)).flatMap(({ lines }) => lines);
  const before = [...others, ...format.lines.slice(0, format.lines.indexOf(read.line))];
  if (read.line.namesDigits || before.some(({ namesDigits, regex }) => namesDigits || regex.test(text))) return;
  reader.unlearned = 0;
  const context = state.contexts[keyOf(format, rank)];
  const form = context && learnForm(format, text, read, context);
  if (form) reader.forms.set(candidates, [form, ...forms].slice(0, maxForms));
}

/** The first format that reads values has the line; what other formats remember of it they note all the same. */
function askFormats(
  formats: readonly CompiledFormat[],
  candidates: number,
  state: FormatState,
  line: Line,
): Claim | null {
  let claim: Claim | null = null;
  for (let place = 0; place < formats.length; place += 1) {
    const format = formats[place];
    if (!format || (candidates & formatBit(place)) === 0) continue;
    const own = claimIn(format, state, line, claim?.read != null);
    if (own && (claim === null || own.read)) claim = own;
  }
  return claim;
}

function claimIn(format: CompiledFormat, state: FormatState, { text, rank }: Line, isTaken: boolean): Claim | null {
  const key = keyOf(format, rank);
  const context = state.contexts[key] ?? emptyContext();
  const columns = context.columns;
  const isRemembered = readReminders(format, text, context);
  if (context.columns !== columns) forgetOtherHeaders(state, key);
  const read = isTaken ? null : readMetrics(format, text, context);
  const isForgotten = forgetsAt(format, text, context);
  if (read) noteRead(state, format, read);
  const saysEnd = state.format === format.id && format.end?.test(text) === true;
  if (saysEnd) state.isEnded = true;
  if (!read && !isRemembered && !isForgotten) return saysEnd ? { format, rank, read } : null;
  keep(state, key, context);
  return { format, rank, read };
}

function keyOf(format: CompiledFormat, rank: number | null): string {
  return rank === null ? format.key : format.key + rank;
}

function noteRead(state: FormatState, format: CompiledFormat, { isBorrowed }: LogValues): void {
  state.format = format.id;
  if (!isBorrowed) state.isEnded = false;
}

/** A header ends the table above it, whatever its format. */
function forgetOtherHeaders(state: FormatState, key: string): void {
  const rank = key.slice(key.indexOf('@'));
  for (const [other, context] of Object.entries(state.contexts))
    if (other !== key && other.endsWith(rank)) context.columns = null;
}

function keep(state: FormatState, key: string, context: FormatContext): void {
  if (state.contexts[key] === context) return;
  const kept = Object.keys(state.contexts);
  if (kept.length >= maxContexts) delete state.contexts[kept[0] ?? ''];
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
