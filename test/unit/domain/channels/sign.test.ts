import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { describe, expect, it } from 'vitest';
import { findWebhookSecretProblem, signWebhook } from '../../../../src/domain/channels/standard/sign.ts';
import { hmacSha256 } from '../../../../src/platform/http/sign.ts';
import { newWebhookSecret } from '../../../support/endpoints.ts';

const sign = (webhook: { id: string; now?: Date; body: string; secrets: string[] }) =>
  signWebhook({ now: new Date(), ...webhook, hmac: hmacSha256 });

describe('Standard Webhooks signatures', () => {
  it('are those of the known vector', () => {
    const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    const headers = sign({
      id: 'msg_1',
      now: new Date(1674087231_000),
      body: '{"type":"alert.opened"}',
      secrets: [secret],
    });
    expect(headers).toEqual({
      'webhook-id': 'msg_1',
      'webhook-timestamp': '1674087231',
      'webhook-signature': 'v1,67jfv4bvhgMX18sTnygSR6LbiD+z5F46YnT1YjP+dcI=',
    });
  });

  it('are accepted by the packages standardwebhooks and svix for any body and secret', () => {
    fc.assert(
      fc.property(fc.json(), fc.uint8Array({ minLength: 24, maxLength: 64 }), (body, key) => {
        const secret = `whsec_${Buffer.from(key).toString('base64')}`;
        const headers = sign({
          id: 'dlv_1',
          body,
          secrets: [secret],
        });
        new Webhook(secret).verify(body, headers);
        new SvixWebhook(secret).verify(body, headers);
      }),
    );
  });

  it('are refused by that package when the body was changed', () => {
    const secret = newWebhookSecret();
    const headers = sign({
      id: 'dlv_1',
      body: '{"a":1}',
      secrets: [secret],
    });
    expect(() => new Webhook(secret).verify('{"a":2}', headers)).toThrow();
  });

  it('verify with the old and the new secret while one replaces the other', () => {
    const [old, fresh] = [newWebhookSecret(), newWebhookSecret()];
    const headers = sign({
      id: 'dlv_1',
      body: '{}',
      secrets: [fresh, old],
    });
    for (const secret of [old, fresh]) expect(() => new Webhook(secret).verify('{}', headers)).not.toThrow();
    expect(() => new Webhook(newWebhookSecret()).verify('{}', headers)).toThrow();
  });

  it('use secrets of whsec_ and 32 random bytes', () => {
    const secret = newWebhookSecret();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/=]{44}$/);
    expect(secret).not.toBe(newWebhookSecret());
  });

  it.each([`whsec_${Buffer.alloc(24, 1).toString('base64')}`, `whsec_${Buffer.alloc(64, 1).toString('base64')}`])(
    'of a caller may be the base64 of 24 to 64 bytes: %s',
    (secret) => {
      expect(findWebhookSecretProblem(secret)).toBeNull();
    },
  );

  it.each([
    `whsec_${'='.repeat(40)}`,
    `whsec_${'A'.repeat(33)}`,
    `whsec_${Buffer.alloc(23).toString('base64')}`,
    Buffer.alloc(32).toString('base64'),
  ])('of a caller are refused when they are not: %s', (secret) => {
    expect(findWebhookSecretProblem(secret)).toMatch(/24 to 64 bytes/);
  });
});
