import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { newWebhookSecret, signStandardWebhook } from '../../../../src/platform/http/sign.ts';

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
});
