// Success rules and signatures of every service, by the notes of what each answers (sources in the channels' headers).
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { WebhookFormat } from '../../../src/contracts/webhooks.ts';
import type { Answer, Attempt, Verdict } from '../../../src/domain/channels/channel.ts';
import { channels } from '../../../src/domain/channels/index.ts';
import { hmacSha256 } from '../../../src/platform/http/sign.ts';
import { incidentAlert, message } from '../../support/alerts.ts';

type Row = [answer: Partial<Answer>, verdict: Verdict['kind'], pauseMs?: number];
const ok200 = (body: object): Partial<Answer> => ({ status: 200, text: JSON.stringify(body) });

const rows: Record<WebhookFormat, Row[]> = {
  standard: [
    [{ status: 204 }, 'delivered'],
    [{ status: 301 }, 'retry'],
    [{ status: 404 }, 'retry'],
    [{ status: 410 }, 'disable'],
    [{ status: 429, retryAfterMs: 7_000 }, 'retry', 7_000],
    [{ status: 503, retryAfterMs: 7_000 }, 'retry', 7_000],
    [{ status: 500 }, 'retry'],
    [{ status: 500, headers: { 'webhook-delivery': 'abort-message' } }, 'failed'],
  ],
  slack: [
    [{ status: 200, text: 'ok' }, 'delivered'],
    [{ status: 400, text: 'invalid_blocks' }, 'failed'],
    [{ status: 403, text: 'action_prohibited' }, 'failed'],
    [{ status: 403, text: 'invalid_token' }, 'disable'],
    [{ status: 404, text: 'no_service' }, 'disable'],
    [{ status: 404, text: 'channel_not_found' }, 'failed'],
    [{ status: 410, text: 'channel_is_archived' }, 'disable'],
    [{ status: 429, retryAfterMs: 30_000 }, 'retry', 30_000],
    [{ status: 503, retryAfterMs: 30_000 }, 'retry', 30_000],
    [{ status: 302 }, 'retry'],
    [{ status: 503 }, 'retry'],
  ],
  feishu: [
    [ok200({ code: 0, msg: 'success' }), 'delivered'],
    [ok200({ StatusCode: 0, StatusMessage: 'success' }), 'delivered'],
    [ok200({ code: 9499, msg: 'Bad Request' }), 'failed'],
    [ok200({ code: 19021, msg: 'sign match fail or timestamp is not within one hour' }), 'failed'],
    [ok200({ code: 19022, msg: 'Ip Not Allowed' }), 'failed'],
    [ok200({ code: 19024, msg: 'Key Words Not Found' }), 'failed'],
    [ok200({ code: 11232, msg: 'frequency limited' }), 'retry', 60_000],
    [ok200({ code: 12345 }), 'retry'],
    [ok200({}), 'retry'],
    [{ status: 200, text: '<html>captive portal</html>' }, 'retry'],
    [{ status: 400, text: '{"code":9499}' }, 'failed'],
    [{ status: 502, text: '' }, 'retry'],
  ],
  dingtalk: [
    [ok200({ errcode: 0, errmsg: 'ok' }), 'delivered'],
    [ok200({ errcode: 310000, errmsg: 'sign not match' }), 'failed'],
    [ok200({ errcode: 130101, errmsg: 'send too fast' }), 'retry', 600_000],
    [ok200({ errcode: -1, errmsg: 'busy' }), 'retry'],
    [{ status: 500 }, 'retry'],
  ],
  wecom: [
    [ok200({ errcode: 0, errmsg: 'ok' }), 'delivered'],
    [ok200({ errcode: 45009, errmsg: 'api freq out of limit' }), 'retry', 60_000],
    [ok200({ errcode: 40058, errmsg: 'content exceeds the limit' }), 'failed'],
    [ok200({ errcode: 93000, errmsg: 'invalid webhook url' }), 'disable'],
  ],
  discord: [
    [{ status: 204 }, 'delivered'],
    [{ status: 200, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': '1.5' } }, 'delivered', 1_500],
    [{ status: 429, text: '{"retry_after": 0.75, "global": false}' }, 'retry', 750],
    [{ status: 404, text: '{"code": 10015}' }, 'disable'],
    [{ status: 400 }, 'failed'],
    [{ status: 500 }, 'retry'],
  ],
  teams: [
    [{ status: 202 }, 'delivered'],
    [{ status: 200 }, 'delivered'],
    [{ status: 401 }, 'failed'],
    [{ status: 413 }, 'failed'],
    [{ status: 429, retryAfterMs: 2_000 }, 'retry', 2_000],
    [{ status: 504 }, 'retry'],
  ],
  pagerduty: [
    [{ status: 202, text: '{"status":"success"}' }, 'delivered'],
    [{ status: 400, text: '{"errors":["routing_key is invalid"]}' }, 'failed'],
    [{ status: 429 }, 'retry', 5_000],
    [{ status: 500 }, 'retry'],
  ],
  alertmanager: [
    [{ status: 200 }, 'delivered'],
    [{ status: 400 }, 'failed'],
    [{ status: 410 }, 'disable'],
    [{ status: 500 }, 'retry'],
  ],
  email: [
    [{ status: 250, text: '250 2.0.0 Ok: queued' }, 'delivered'],
    [{ status: 421, text: '421 try later' }, 'retry'],
    [{ status: 451, text: '451 greylisted' }, 'retry'],
    [{ status: 550, text: '550 no such user' }, 'failed'],
  ],
};

describe.each(Object.entries(rows))('the channel %s', (format, cases) => {
  it.each(cases.map(([answer, verdict, pauseMs]) => ({ answer, verdict, pauseMs })))(
    'takes $answer for $verdict',
    ({ answer, verdict, pauseMs }) => {
      const whole = { status: 200, text: '', headers: {}, retryAfterMs: null, ...answer };
      const judged = channels[format as WebhookFormat].judge(whole);
      expect({ kind: judged.kind, pauseMs: judged.pauseMs }).toEqual({ kind: verdict, pauseMs });
      expect(judged.reason).toMatch(/\S/);
    },
  );
});

describe('signatures', () => {
  const attempt = (overrides: Partial<Attempt>): Attempt => ({
    id: 'msg_1',
    url: 'https://example.org/hook?a=1',
    body: '{"msg_type":"text"}',
    secrets: ['SECtest'],
    now: new Date(1599360473_000),
    hmac: hmacSha256,
    ...overrides,
  });

  it('of Feishu stand in the body: key "timestamp in seconds, newline, secret" over nothing', () => {
    const { body, url } = channels.feishu.prepare(attempt({}));
    expect(url).toBe('https://example.org/hook?a=1');
    expect(JSON.parse(body)).toEqual({
      timestamp: '1599360473',
      sign: 'bMjxHlJJlXMW0yjKHZsmMvrFnAOfMlmWpRUsH3qMAek=',
      msg_type: 'text',
    });
    expect(createHmac('sha256', '1599360473\nSECtest').update('').digest('base64')).toBe(JSON.parse(body).sign);
  });

  it('of DingTalk stand in the URL: key secret over "timestamp in milliseconds, newline, secret"', () => {
    const { body, url } = channels.dingtalk.prepare(
      attempt({ url: 'https://oapi.dingtalk.com/robot/send?access_token=t' }),
    );
    expect(body).toBe('{"msg_type":"text"}');
    expect(url).toBe(
      'https://oapi.dingtalk.com/robot/send?access_token=t&timestamp=1599360473000&sign=9uMBwWNha8Pcr4QQCL9YQitwL0E0g2JIxycWz23gAkE%3D',
    );
  });

  it.each(['feishu', 'dingtalk'] as const)('of %s are left out when the bot has no secret', (format) => {
    expect(channels[format].prepare(attempt({ secrets: [] }))).toEqual({
      url: 'https://example.org/hook?a=1',
      headers: {},
      body: '{"msg_type":"text"}',
    });
  });

  it('are new in every attempt, while the message stays the same', () => {
    const body = channels.feishu.compose(message([incidentAlert()]), {}).body;
    const [first, second] = [0, 3_600_000].map((ms) =>
      JSON.parse(channels.feishu.prepare(attempt({ body, now: new Date(1599360473_000 + ms) })).body),
    );
    expect(first.sign).not.toBe(second.sign);
    expect(first.card).toEqual(second.card);
  });

  it('of PagerDuty are the routing key, which the stored message does not hold', () => {
    const body = channels.pagerduty.compose(message([incidentAlert()]), {}).body;
    expect(body).not.toContain('routing_key');
    const sent = JSON.parse(channels.pagerduty.prepare(attempt({ body, secrets: ['k'.repeat(32)] })).body);
    expect(sent).toMatchObject({ routing_key: 'k'.repeat(32), event_action: 'trigger', dedup_key: 'inc_01JD' });
  });

  it('of Discord ask the service to wait, so that it tells of failures', () => {
    expect(channels.discord.prepare(attempt({})).url).toBe('https://example.org/hook?a=1&wait=true');
  });
});
