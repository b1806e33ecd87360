// Standard Webhooks 1.0 signatures (github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md), symmetric scheme v1.
import { createHmac, randomBytes } from 'node:crypto';

const secretPrefix = 'whsec_';

export interface WebhookToSign {
  /** Stays the same over all attempts: the receiver's key against duplicates. */
  id: string;
  /** Unix seconds of this attempt. */
  timestampSeconds: number;
  /** Exactly the bytes (UTF-8) that are sent. */
  body: string;
  /** `whsec_` + base64 each; several while a secret is being rotated. */
  secrets: string[];
}

/** The three headers; `webhook-signature` has one `v1,<base64>` per secret: HMAC-SHA256 over `id.timestamp.body`. */
export function signStandardWebhook({ id, timestampSeconds, body, secrets }: WebhookToSign): Record<string, string> {
  const signed = `${id}.${timestampSeconds}.${body}`;
  const signatures = secrets.map(
    (secret) => `v1,${createHmac('sha256', readSecret(secret)).update(signed, 'utf8').digest('base64')}`,
  );
  return { 'webhook-id': id, 'webhook-timestamp': String(timestampSeconds), 'webhook-signature': signatures.join(' ') };
}

/** A new endpoint secret of 32 random bytes. */
export function newWebhookSecret(): string {
  return secretPrefix + randomBytes(32).toString('base64');
}

/** What is wrong with a secret that a caller brings, or null: `whsec_` and the base64 of 24 to 64 bytes (the specification's bounds). */
export function findSecretProblem(secret: string): string | null {
  const encoded = secret.startsWith(secretPrefix) ? secret.slice(secretPrefix.length) : '';
  const key = Buffer.from(encoded, 'base64');
  const isExact = key.toString('base64').replace(/=+$/, '') === encoded.replace(/=+$/, '');
  if (isExact && key.length >= 24 && key.length <= 64) return null;
  return `must be ${secretPrefix} followed by the base64 of 24 to 64 bytes`;
}

function readSecret(secret: string): Buffer {
  return Buffer.from(secret.startsWith(secretPrefix) ? secret.slice(secretPrefix.length) : secret, 'base64');
}
