// Standard Webhooks 1.0 signatures (github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md), symmetric scheme v1.
import type { LocalizedText } from '../../../contracts/catalog-fields.ts';
import type { Attempt } from '../channel.ts';

const secretPrefix = 'whsec_';

export const webhookSecretRule: LocalizedText = {
  en: 'Made here when left out: whsec_ and the base64 of 24 to 64 random bytes.',
  zh: '留空时自动生成：whsec_ 加 24 至 64 个随机字节的 base64。',
};

/** The three headers; `webhook-signature` has one `v1,<base64>` per secret: HMAC-SHA256 over `id.timestamp.body`. */
export function signWebhook({ id, now, body, secrets, hmac }: Omit<Attempt, 'url'>): Record<string, string> {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const signatures = secrets.map((secret) => `v1,${hmac(readSecret(secret), `${id}.${timestamp}.${body}`)}`);
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}

/** What is wrong with a secret that a caller brings, or null: `whsec_` and the base64 of 24 to 64 bytes (the specification's bounds). */
export function findWebhookSecretProblem(secret: string): string | null {
  const encoded = secret.startsWith(secretPrefix) ? secret.slice(secretPrefix.length) : '';
  const key = Buffer.from(encoded, 'base64');
  const isExact = key.toString('base64').replace(/=+$/, '') === encoded.replace(/=+$/, '');
  if (isExact && key.length >= 24 && key.length <= 64) return null;
  return `must be ${secretPrefix} followed by the base64 of 24 to 64 bytes`;
}

/** A new secret from 32 random bytes. */
export function makeWebhookSecret(random: Uint8Array): string {
  return secretPrefix + Buffer.from(random).toString('base64');
}

function readSecret(secret: string): Uint8Array {
  return Buffer.from(secret.startsWith(secretPrefix) ? secret.slice(secretPrefix.length) : secret, 'base64');
}
