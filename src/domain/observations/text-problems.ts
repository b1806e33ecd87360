// What is said about bytes that are not text, in one place: the byte, and what to do.
import { PublicError } from '../../contracts/errors.ts';

/** `offset` as decodeUtf8Chunk() gives it; `advice` says how to send the text right. */
export function invalidUtf8(offset: number, advice: string): PublicError {
  const where = offset < 0 ? 'byte 0 (it breaks a character that the chunk before began)' : `byte ${offset}`;
  return refused(`is not valid UTF-8 at ${where}`, advice);
}

/** PostgreSQL's text cannot hold NUL, and console output never means to. @throws PublicError `invalid_text` naming the first one. */
export function refuseNul(bytes: Uint8Array): void {
  const offset = bytes.indexOf(0);
  if (offset !== -1)
    throw refused(`holds a NUL byte at byte ${offset}`, 'send UTF-8 text (UTF-16 must be converted before)');
}

function refused(message: string, advice: string): PublicError {
  return new PublicError('invalid_text', `The text ${message}; ${advice}.`, { errors: [{ path: 'body', message }] });
}

/** @throws PublicError `payload_too_large` when a text (or its UTF-8 bytes) has more than `maxLines` lines, ended by LF or CR. */
export function refuseTooManyLines(text: string | Uint8Array, maxLines: number, path = 'body'): void {
  const isText = typeof text === 'string';
  let lines = 1;
  for (let at = 0; at < text.length; at += 1) {
    const unit = isText ? text.charCodeAt(at) : text[at];
    if (unit === 0x0a || unit === 0x0d) lines += 1;
  }
  if (lines <= maxLines) return;
  const message = `must not have more than ${maxLines} lines; it has ${lines}`;
  throw new PublicError('payload_too_large', `The text ${message}; send it in smaller parts.`, {
    errors: [{ path, message }],
  });
}
