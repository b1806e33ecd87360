// Ids and tokens. Ids sort by the time they were made; tokens are unguessable and only their hash is stored.
import { createHash, createHmac, randomBytes } from 'node:crypto';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const randomBits = 80n;
let lastTimeMs = 0;
let lastRandom = 0n;

/**
 * A new id: prefix, underscore, ULID (26 characters of Crockford's base32: 48 bits of Unix milliseconds, 80 random bits; github.com/ulid/spec).
 * Ids of one process increase even within a millisecond and when the clock steps back.
 */
export function newId(prefix: string): string {
  const now = Date.now();
  if (now > lastTimeMs) {
    lastTimeMs = now;
    lastRandom = BigInt(`0x${randomBytes(10).toString('hex')}`);
  } else {
    lastRandom += 1n;
    if (lastRandom >> randomBits !== 0n) {
      lastTimeMs += 1;
      lastRandom = 0n;
    }
  }
  return `${prefix}_${toBase32((BigInt(lastTimeMs) << randomBits) | lastRandom, 26)}`;
}

function toBase32(value: bigint, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest >>= 5n) text = alphabet[Number(rest & 31n)] + text;
  return text;
}

/** A new API token: `lw_` and 256 random bits in base64url (43 characters). */
export function newToken(): string {
  return `lw_${randomBytes(32).toString('base64url')}`;
}

/** What is stored of a token: its sha256 in hex. The token has 256 random bits, so no salt or slow hash is needed. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('hex');
}

/** What a page must show besides its session's secret: an HMAC of it, so that it need not be stored. */
export function csrfTokenOf(sessionSecret: string): string {
  return createHmac('sha256', sessionSecret).update('losswatch-csrf').digest('base64url');
}
