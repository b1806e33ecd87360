// The fingerprint says which failures are one: same class, same confident cause, same kind of message from the same code. Unrelated numbers
// do not change it. A change of what goes into it is a new version: incidents of earlier versions stay as they are.
import type { CatalogFailure } from '../../contracts/catalog.ts';
import { inspectTargetValue, parseInt64 } from '../dfl/value-forensics.ts';
import { hash128 } from '../hash.ts';
import { firstLineOf } from '../parsing/first-line.ts';
import type { ParsedException } from '../parsing/types.ts';
import { normaliseMessage } from './normalise-message.ts';

export const fingerprintVersion = 'v2';
/** From here on the cause is part of what the failure is. */
export const confidentCause = 0.5;
const maxFrames = 12;

export interface FingerprintInput {
  failure: CatalogFailure;
  /** Likeliest cause with its confidence. */
  cause: { id: string; confidence: number } | null;
  exception: ParsedException | null;
  /** Named groups of the deciding rule. */
  matched: Record<string, string>;
  /** What was matched when there is no exception. */
  matchedLine: string | null;
  /** Names of metrics whose findings triggered the class. */
  metrics: string[];
  /** What replaying the selection of the run's captures showed; null when it was not replayed. */
  selection: 'intact' | 'mismatched' | null;
}

/**
 * Named parts, in a fixed order. A confident cause already tells why N is what it is (a corrupted selection gives -37 on one rank and 460
 * on the next), so the sign of a small N and the bound it broke are parts only as long as no cause is confident. Two packed floats never
 * are the same failure as a small integer.
 */
export function fingerprintParts(input: FingerprintInput): Record<string, string> {
  const { failure, cause, exception, matched } = input;
  const confident = cause !== null && cause.confidence >= confidentCause;
  const wanted = new Set(failure.fingerprint);
  const parts: Record<string, string> = { class: failure.id };
  if (confident) parts.cause = cause.id;
  if (exception && wanted.has('exception-type')) parts.exception_type = exception.type;
  const message = exception ? firstLineOf(exception.message) : input.matchedLine;
  if (message !== null && wanted.has('message'))
    parts.message = normaliseMessage(confident ? withoutTarget(message, matched) : message);
  if (!confident && input.selection !== null) parts.selection = input.selection;
  const n = wanted.has('value-class') ? parseInt64(matched.n) : null;
  if (n !== null) parts.value_class = valueClass(n, confident);
  const frames = exception ? describeFrames(exception) : '';
  if (frames !== '' && wanted.has('frames')) parts.frames = frames;
  if (wanted.has('metric') && input.metrics.length > 0) parts.metric = [...new Set(input.metrics)].sort().join(',');
  return parts;
}

/** `v1:` and 128 bits in hexadecimal. */
export function fingerprintOf(parts: Record<string, string>): string {
  const text = Object.entries(parts)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n');
  return `${fingerprintVersion}:${hash128(text)}`;
}

function valueClass(n: bigint, isExplained: boolean): string {
  const { kind } = inspectTargetValue(n);
  return isExplained && kind === 'negative-small' ? 'small' : kind;
}

function withoutTarget(message: string, { side }: Record<string, string>): string {
  return side === undefined ? message : message.replace(side, '<side>');
}

/** In-app frames as basename:function, without line numbers, which move with every edit. */
function describeFrames(exception: ParsedException): string {
  return exception.frames
    .filter((frame) => frame.inApp)
    .slice(-maxFrames)
    .map((frame) => `${frame.file.split(/[\\/]/).at(-1) ?? ''}:${frame.function ?? ''}`)
    .join('>');
}
