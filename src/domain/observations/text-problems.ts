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
