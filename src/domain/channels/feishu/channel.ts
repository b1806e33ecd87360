// Feishu / Lark custom bots (open.larkoffice.com, "Use a custom bot in a group"). Cards of version 1.0, which every client shows. The body
// may have 20 KB; 5 messages a second and 100 a minute. The answer is 200 even for failures: code 0 is success.
import { Type } from 'typebox';
import type { Answer, Attempt, Channel, Outgoing, Settings, Verdict } from '../channel.ts';
import type { AlertText, Tone } from '../describe.ts';
import { keywordSetting } from '../keyword-setting.ts';
import { type Layout, layOut, withinBytes } from '../layout.ts';
import { findGivenSecretProblem, judgeCode } from '../verdicts.ts';

/** 20 KB less the room of the signature, which is added at every attempt. */
const maxBytes = 20_000 - 200;

const templates: Record<Tone, string> = {
  critical: 'red',
  warning: 'orange',
  info: 'blue',
  good: 'green',
  neutral: 'grey',
};

/** Documented codes: malformed, signature or clock, address not allowed, keyword missing, too fast. */
const codes: Record<number, Pick<Verdict, 'kind' | 'pauseMs'>> = {
  9499: { kind: 'failed' },
  19021: { kind: 'failed' },
  19022: { kind: 'failed' },
  19024: { kind: 'failed' },
  11232: { kind: 'retry', pauseMs: 60_000 },
};

export const feishuChannel: Channel = {
  format: 'feishu',
  title: { en: 'Feishu / Lark bot', zh: '飞书 / Lark 自定义机器人' },
  transport: 'http',
  url: { example: 'https://open.feishu.cn/open-apis/bot/v2/hook/xxxxxxxx', default: null },
  secret: {
    kind: 'given',
    required: false,
    rule: {
      en: 'The secret of the bot\'s "Set signature verification"; leave it out when the bot has none.',
      zh: '机器人“签名校验”中的密钥；未启用签名校验时留空。',
    },
    findProblem: findGivenSecretProblem,
  },
  settings: {
    mention: {
      schema: Type.Array(Type.String({ pattern: '^(all|ou_[A-Za-z0-9]{1,64}|[A-Za-z0-9_-]{1,64})$' }), {
        maxItems: 10,
      }),
      title: { en: 'Mention', zh: '提醒' },
      description: {
        en: 'Open ids or user ids, or all: mentioned when something critical breaks',
        zh: 'open_id、user_id 或 all：出现严重问题时 @ 这些人',
      },
    },
    keyword: keywordSetting,
  },
  contentType: 'application/json; charset=utf-8',
  merges: true,
  rates: [
    { count: 5, perMs: 1_000 },
    { count: 100, perMs: 60_000 },
  ],
  compose: (message, settings) =>
    layOut(
      message,
      (layout) => ({ msg_type: 'interactive', card: renderCard(layout, settings) }),
      withinBytes(maxBytes),
    ),
  prepare: signBody,
  judge: (answer: Answer): Verdict =>
    judgeCode(answer, { code: ['code', 'StatusCode'], message: ['msg', 'StatusMessage'] }, codes),
};

/** The signature goes into the body: key `timestamp\nsecret`, message empty, HMAC-SHA256 in base64; the timestamp is in seconds, as text. */
function signBody({ url, body, secrets, now, hmac }: Attempt): Outgoing {
  const [secret] = secrets;
  if (secret === undefined) return { url, headers: {}, body };
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const sign = hmac(`${timestamp}\n${secret}`, '');
  return { url, headers: {}, body: JSON.stringify({ timestamp, sign, ...JSON.parse(body) }) };
}

function renderCard(layout: Layout, settings: Settings) {
  const { texts, omitted, link, title, tone } = layout;
  const isOne = texts.length === 1 && omitted === '';
  const keyword = settings.keyword as string | undefined;
  const mention = layout.calls ? ((settings.mention as string[] | undefined) ?? []) : [];
  return {
    config: { wide_screen_mode: true },
    header: { title: { tag: 'plain_text', content: title }, template: templates[tone] },
    elements: [
      ...texts.map((text) => markdown(isOne ? wholeText(text) : listedText(text))),
      ...(omitted === '' ? [] : [markdown(escapeText(omitted))]),
      ...(mention.length === 0 ? [] : [markdown(mention.map((id) => `<at id=${id}></at>`).join(' '))]),
      {
        tag: 'action',
        actions: [{ tag: 'button', text: { tag: 'plain_text', content: link.text }, type: 'primary', url: link.url }],
      },
      ...(keyword === undefined ? [] : [{ tag: 'note', elements: [{ tag: 'plain_text', content: keyword }] }]),
    ],
  };
}

function markdown(content: string) {
  return { tag: 'div', text: { tag: 'lark_md', content } };
}

function wholeText({ summary, facts }: AlertText): string {
  const lines = facts.map(({ label, value }) => `**${label}** ${escapeText(value)}`);
  return [...(summary === '' ? [] : [escapeText(summary)]), ...lines].join('\n');
}

function listedText({ headline, facts, link }: AlertText): string {
  const line = facts.map(({ label, value }) => `${label} ${escapeText(value)}`).join(' · ');
  return `**[${escapeText(headline)}](${link.url})**\n${line}`;
}

const entities: Record<string, string> = {
  '<': '&#60;',
  '>': '&#62;',
  '[': '&#91;',
  ']': '&#93;',
  '*': '&#42;',
  '~': '&#126;',
};

/** lark_md takes HTML entities for its own signs. */
function escapeText(text: string): string {
  return text.replace(/[<>[\]*~]/g, (sign) => entities[sign] ?? sign);
}
