// WeCom (企业微信) group bots (developer.work.weixin.qq.com/document/path/99110). No signature. `markdown` with at most 4,096 bytes of UTF-8
// (markdown_v2 knows neither mentions nor colours). 20 messages a minute, of which 18 are used. The answer is 200 even for failures:
// errcode 0 is success.
import { Type } from 'typebox';
import type { Answer, Channel, Settings, Verdict } from '../channel.ts';
import { utf8Length } from '../cut.ts';
import type { AlertText, Tone } from '../describe.ts';
import { type Layout, layOut } from '../layout.ts';
import { plainMarkdown } from '../markdown.ts';
import { judgeCode } from '../verdicts.ts';

const maxBytes = 4_096;

const colours: Record<Tone, string> = {
  critical: 'warning',
  warning: 'warning',
  info: 'comment',
  good: 'info',
  neutral: 'comment',
};

/** 45009: over the limit; 40058: content too long; 93000: there is no such bot. */
const codes: Record<number, Pick<Verdict, 'kind' | 'pauseMs'>> = {
  45009: { kind: 'retry', pauseMs: 60_000 },
  40058: { kind: 'failed' },
  93000: { kind: 'disable' },
};

export const wecomChannel: Channel = {
  format: 'wecom',
  title: { en: 'WeCom bot', zh: '企业微信消息推送（群机器人）' },
  transport: 'http',
  url: { example: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=xxxxxxxx', default: null },
  secret: {
    kind: 'none',
    required: false,
    rule: { en: 'The URL is the secret.', zh: 'URL 本身即密钥。' },
    findProblem: () => 'is not used by WeCom: the URL is the secret',
  },
  settings: {
    mention: {
      schema: Type.Array(Type.String({ pattern: '^[A-Za-z0-9_.@-]{1,64}$' }), { maxItems: 10 }),
      title: { en: 'Mention', zh: '提醒' },
      description: {
        en: 'User ids of the people mentioned when something critical breaks',
        zh: '出现严重问题时 @ 这些成员（userid）',
      },
    },
  },
  contentType: 'application/json; charset=utf-8',
  merges: true,
  rates: [{ count: 18, perMs: 60_000 }],
  compose: (message, settings) =>
    layOut(
      message,
      (layout) => ({ msgtype: 'markdown', markdown: { content: render(layout, settings) } }),
      (_body, { markdown }) => utf8Length(markdown.content) <= maxBytes,
    ),
  prepare: ({ url, body }) => ({ url, body, headers: {} }),
  judge: (answer: Answer): Verdict => judgeCode(answer, { code: ['errcode'], message: ['errmsg'] }, codes),
};

function render(layout: Layout, settings: Settings): string {
  const { texts, omitted, link, title, tone } = layout;
  const isOne = texts.length === 1 && omitted === '';
  const mention = layout.calls ? ((settings.mention as string[] | undefined) ?? []) : [];
  return [
    `**<font color="${colours[tone]}">${plainMarkdown(title)}</font>**`,
    `[${link.text}](${link.url})${mention.map((id) => ` <@${id}>`).join('')}`,
    ...texts.map((text) => (isOne ? wholeText(text) : listedText(text))),
    ...(omitted === '' ? [] : [omitted]),
  ].join('\n');
}

function wholeText({ summary, facts }: AlertText): string {
  const lines = facts.map(({ label, value }) => `> ${label} <font color="comment">${plainMarkdown(value)}</font>`);
  return [...lines, ...(summary === '' ? [] : [plainMarkdown(summary)])].join('\n');
}

function listedText({ headline, facts, link }: AlertText): string {
  const line = facts.map(({ label, value }) => `${label} ${plainMarkdown(value)}`).join(' · ');
  return `[${plainMarkdown(headline)}](${link.url})\n> ${line}`;
}
