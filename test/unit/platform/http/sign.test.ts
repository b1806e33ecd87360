import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { findSecretProblem, newWebhookSecret, signStandardWebhook } from '../../../../src/platform/http/sign.ts';

describe('Standard Webhooks signatures', () => {
  it('are those of the known vector', () => {
    const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    const headers = signStandardWebhook({
      id: 'msg_1',
      timestampSeconds: 1674087231,
      body: '{"type":"alert.opened"}',
      secrets: [secret],
    });
    expect(headers).toEqual({
      'webhook-id': 'msg_1',
      'webhook-timestamp': '1674087231',
      'webhook-signature': 'v1,67jfv4bvhgMX18sTnygSR6LbiD+z5F46YnT1YjP+dcI=',
    });
  });

  it('are accepted by the standardwebhooks package for any body and secret', () => {
    fc.assert(
      fc.property(fc.json(), fc.uint8Array({ minLength: 24, maxLength: 64 }), (body, key) => {
        const secret = `whsec_${Buffer.from(key).toString('base64')}`;
        const headers = signStandardWebhook({
          id: 'dlv_1',
          timestampSeconds: Math.floor(Date.now() / 1000),
          body,
          secrets: [secret],
        });
        new Webhook(secret).verify(body, headers);
      }),
    );
  });

  it('are refused by that package when the body was changed', () => {
    const secret = newWebhookSecret();
    const headers = signStandardWebhook({
      id: 'dlv_1',
      timestampSeconds: Math.floor(Date.now() / 1000),
      body: '{"a":1}',
      secrets: [secret],
    });
    expect(() => new Webhook(secret).verify('{"a":2}', headers)).toThrow();
  });

  it('verify with the old and the new secret while one replaces the other', () => {
    const [old, fresh] = [newWebhookSecret(), newWebhookSecret()];
    const headers = signStandardWebhook({
      id: 'dlv_1',
      timestampSeconds: Math.floor(Date.now() / 1000),
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
      expect(findSecretProblem(secret)).toBeNull();
    },
  );

  it.each([
    `whsec_${'='.repeat(40)}`,
    `whsec_${'A'.repeat(33)}`,
    `whsec_${Buffer.alloc(23).toString('base64')}`,
    Buffer.alloc(32).toString('base64'),
  ])('of a caller are refused when they are not: %s', (secret) => {
    expect(findSecretProblem(secret)).toMatch(/24 to 64 bytes/);
  });
});
