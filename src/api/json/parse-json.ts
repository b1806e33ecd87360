// Bytes to a checked JSON value, as every route and every NDJSON line reads them.
import { PublicError } from '../../contracts/errors.ts';
import { decodeUtf8 } from '../../domain/observations/decode-utf8.ts';
import { invalidUtf8 } from '../../domain/observations/text-problems.ts';
import { type CleanOptions, cleanJson } from './clean-json.ts';
import { quoteNonFinite } from './quote-non-finite.ts';

/**
 * Parses and checks a body. Bare NaN, Infinity and -Infinity become the strings of the same spelling.
 * @throws PublicError `invalid_text`, `malformed_json` or `invalid_request`.
 */
export function parseJson(bytes: Uint8Array, options: CleanOptions): unknown {
  const decoded = decodeUtf8(bytes);
  if (decoded.kind === 'invalid') throw invalidUtf8(decoded.offset, 'JSON is UTF-8 (RFC 8259)');
  if (decoded.text.trim() === '')
    throw new PublicError('malformed_json', 'The body is empty; send a JSON object.', {
      errors: [{ path: 'body', message: 'is empty' }],
    });
  return cleanJson(parseText(decoded.text), options);
}

/** @throws PublicError `malformed_json` with the parser's own words. */
export function parseText(text: string): unknown {
  const json = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  try {
    return JSON.parse(json);
  } catch {
    // Python's bare NaN and Infinity are the one thing worth a second try.
  }
  try {
    return JSON.parse(quoteNonFinite(json));
  } catch (error) {
    const reason = error instanceof SyntaxError ? printable(error.message) : 'not JSON';
    throw new PublicError('malformed_json', `The body is not valid JSON: ${reason}`, {
      errors: [{ path: 'body', message: reason }],
      cause: error,
    });
  }
}

function printable(message: string): string {
  return message.replace(/[\p{Cc}\p{Cs}]/gu, '\uFFFD').slice(0, 200);
}
