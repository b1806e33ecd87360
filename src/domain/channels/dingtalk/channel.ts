// DingTalk custom bots (open.dingtalk.com, "Custom robots"). A bot that sends more than 20 messages in a minute is muted for ten, so 18 are
// sent at most. The answer is 200 even for failures: errcode 0 is success.
import { Type } from 'typebox';
import type { Answer, Attempt, Channel, Outgoing, Settings, Verdict } from '../channel.ts';
import { cut } from '../cut.ts';
import type { AlertText } from '../describe.ts';
import { keywordSetting } from '../keyword-setting.ts';
import { type Layout, layOut, withinBytes } from '../layout.ts';
import { plainMarkdown } from '../markdown.ts';
import { findGivenSecretProblem, judgeCode } from '../verdicts.ts';

const maxBytes = 20_000;
const maxTitle = 100;

/** 310000: signature, keyword or address refused; 130101: too fast, and muted for ten minutes; -1: busy. */
const codes: Record<number, Pick<Verdict, 'kind' | 'pauseMs'>> = {
  310000: { kind: 'failed' },
  130101: { kind: 'retry', pauseMs: 600_000 },
  [-1]: { kind: 'retry' },
};

export const dingtalkChannel: Channel = {
  format: 'dingtalk',
  title: { en: 'DingTalk bot', zh: '钉钉自定义机器人' },
  transport: 'http',
  url: { example: 'https://oapi.dingtalk.com/robot/send?access_token=xxxxxxxx', default: null },
  secret: {
    kind: 'given',
    required: false,
    rule: {
      en: 'The secret (SEC...) of the bot\'s security setting "Sign"; leave it out when the bot uses another one.',
      zh: '机器人安全设置“加签”的密钥（SEC 开头）；使用其他安全设置时留空。',
    },
    findProblem: findGivenSecretProblem,
  },
  settings: {
    at_mobiles: {
      schema: Type.Array(Type.String({ pattern: '^\\+?[0-9-]{5,20}$' }), { maxItems: 10 }),
      title: { en: 'Mention by mobile number', zh: '按手机号 @' },
      description: {
        en: 'Mobile numbers of the people mentioned when something critical breaks',
        zh: '出现严重问题时 @ 这些手机号对应的人',
      },
    },
    at_user_ids: {
      schema: Type.Array(Type.String({ pattern: '^[A-Za-z0-9_.-]{1,64}$' }), { maxItems: 10 }),
      title: { en: 'Mention by user id', zh: '按用户 ID @' },
      description: {
        en: 'User ids of the people mentioned when something critical breaks',
        zh: '出现严重问题时 @ 这些用户',
      },
    },
    at_all: {
      schema: Type.Boolean(),
      title: { en: 'Mention everybody', zh: '@ 所有人' },
      description: { en: 'When something critical breaks', zh: '出现严重问题时' },
    },
    keyword: keywordSetting,
  },
  contentType: 'application/json; charset=utf-8',
  merges: true,
  rates: [{ count: 18, perMs: 60_000 }],
  compose: (message, settings) => layOut(message, (layout) => render(layout, settings), withinBytes(maxBytes)),
  prepare: signUrl,
  judge: (answer: Answer): Verdict => judgeCode(answer, { code: ['errcode'], message: ['errmsg'] }, codes),
};

/** The signature goes into the URL: key secret, message `timestamp\nsecret`, HMAC-SHA256 in base64; the timestamp is in milliseconds. */
function signUrl({ url, body, secrets, now, hmac }: Attempt): Outgoing {
  const [secret] = secrets;
  if (secret === undefined) return { url, headers: {}, body };
  const signed = new URL(url);
  const timestamp = String(now.getTime());
  signed.searchParams.set('timestamp', timestamp);
  signed.searchParams.set('sign', hmac(secret, `${timestamp}\n${secret}`));
  return { url: signed.href, headers: {}, body };
}

function render(layout: Layout, settings: Settings) {
  const { texts, omitted, link, title, calls } = layout;
  const isOne = texts.length === 1 && omitted === '';
  const mobiles = calls ? ((settings.at_mobiles as string[] | undefined) ?? []) : [];
  const users = calls ? ((settings.at_user_ids as string[] | undefined) ?? []) : [];
  const keyword = settings.keyword as string | undefined;
  const paragraphs = [
    `### ${plainMarkdown(title)}`,
    ...texts.map((text) => (isOne ? wholeText(text) : listedText(text))),
    ...(omitted === '' ? [] : [omitted]),
    `[${link.text}](${link.url})`,
    // A mention shows only when the text has it, too.
    ...(mobiles.length + users.length === 0 ? [] : [[...mobiles, ...users].map((id) => `@${id}`).join(' ')]),
    ...(keyword === undefined ? [] : [keyword]),
  ];
  return {
    msgtype: 'markdown',
    markdown: { title: cut(title, maxTitle), text: paragraphs.join('\n\n') },
    at: { atMobiles: mobiles, atUserIds: users, isAtAll: calls && settings.at_all === true },
  };
}

function wholeText({ summary, facts }: AlertText): string {
  const lines = facts.map(({ label, value }) => `- **${label}** ${plainMarkdown(value)}`);
  return [...(summary === '' ? [] : [plainMarkdown(summary), '']), ...lines].join('\n');
}

function listedText({ headline, facts, link }: AlertText): string {
  const line = facts.map(({ label, value }) => `${label} ${plainMarkdown(value)}`).join(' · ');
  return `**[${plainMarkdown(headline)}](${link.url})**\n\n${line}`;
}
