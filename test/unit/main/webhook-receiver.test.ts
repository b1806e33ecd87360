import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { isGenuineWebhook, startWebhookReceiver } from '../../../src/main/webhook-receiver.ts';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const body = '{"type":"incident.opened","data":{"title":"目标越界"}}';
const sentAt = new Date('2026-11-23T10:00:00Z');
const nowSeconds = sentAt.getTime() / 1000 + 20;

function signed(signature = new Webhook(secret).sign('msg_1', sentAt, body)) {
  const headers = {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(sentAt.getTime() / 1000),
    'webhook-signature': signature,
  };
  return { headers, body };
}

test('what the standardwebhooks package signed is genuine, also beside the signature of another secret', () => {
  expect(isGenuineWebhook(signed(), secret, nowSeconds)).toBe(true);
  const rotated = `v1,${Buffer.alloc(32).toString('base64')} ${new Webhook(secret).sign('msg_1', sentAt, body)}`;
  expect(isGenuineWebhook(signed(rotated), secret, nowSeconds)).toBe(true);
});

test('another body, id, secret, version or a stale time is not', () => {
  const genuine = signed();
  const otherSecret = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
  expect(isGenuineWebhook({ ...genuine, body: `${body} ` }, secret, nowSeconds)).toBe(false);
  expect(
    isGenuineWebhook({ ...genuine, headers: { ...genuine.headers, 'webhook-id': 'msg_2' } }, secret, nowSeconds),
  ).toBe(false);
  expect(isGenuineWebhook(genuine, otherSecret, nowSeconds)).toBe(false);
  expect(isGenuineWebhook(signed(genuine.headers['webhook-signature'].replace('v1,', 'v2,')), secret, nowSeconds)).toBe(
    false,
  );
  expect(isGenuineWebhook(genuine, secret, nowSeconds + 600)).toBe(false);
  expect(isGenuineWebhook({ headers: {}, body }, secret, nowSeconds)).toBe(false);
});

test('the receiver keeps what arrives and answers 204', async () => {
  const receiver = await startWebhookReceiver('/hook');
  try {
    const response = await fetch(receiver.url, { method: 'POST', headers: signed().headers, body });
    expect(response.status).toBe(204);
    expect(receiver.received.map((webhook) => isGenuineWebhook(webhook, secret, nowSeconds))).toEqual([true]);
  } finally {
    await receiver.close();
  }
});
