// Randomness and HMAC for the signatures that the channels make (domain/channels).
import { createHmac, randomBytes } from 'node:crypto';

/** HMAC-SHA256 of a text (UTF-8), in base64. */
export function hmacSha256(key: string | Uint8Array, message: string): string {
  return createHmac('sha256', key).update(message, 'utf8').digest('base64');
}

/** For a new endpoint secret. */
export function randomSecretBytes(): Uint8Array {
  return randomBytes(32);
}
