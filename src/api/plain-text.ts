// A whole text sent as text/plain.
import { PublicError } from '../contracts/errors.ts';
import { decodeUtf8 } from '../domain/observations/decode-utf8.ts';
import { invalidUtf8, refuseNul } from '../domain/observations/text-problems.ts';

/**
 * The text of a body; `what` names what is missing when it is empty.
 * @throws PublicError `invalid_request` (empty) or `invalid_text` (not UTF-8, NUL bytes), naming the byte.
 */
export function readPlainText(body: Buffer | undefined, what: string): string {
  if (body === undefined || body.length === 0) {
    throw new PublicError('invalid_request', `The body is empty; send ${what}.`, {
      errors: [{ path: 'body', message: 'is empty' }],
    });
  }
  refuseNul(body);
  const decoded = decodeUtf8(body);
  if (decoded.kind === 'invalid') throw invalidUtf8(decoded.offset, 'send UTF-8 text');
  return decoded.text;
}
