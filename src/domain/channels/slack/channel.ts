// Slack incoming webhooks (api.slack.com/messaging/webhooks, /reference/block-kit/blocks). The URL is the secret; a 200 says "ok". Limits:
// 50 blocks, header 150, section text 3,000, 10 fields of 2,000, button text 75; beyond some 13,000 characters in all Slack answers
// msg_blocks_too_long (slackapi/bolt-js#2509), so 10,000 are sent at most. About one message a second.
import { Type } from 'typebox';
import type { Answer, Channel, Settings, Verdict } from '../channel.ts';
import { cutEscaped } from '../cut.ts';
import type { AlertText, Tone } from '../describe.ts';
import { type Layout, layOut } from '../layout.ts';
import { judgeStatus } from '../verdicts.ts';

const maxBlocks = 50;
const maxHeader = 150;
const maxSection = 3_000;
const maxField = 2_000;
const maxFields = 10;
const maxButton = 75;
const maxTotal = 10_000;
/** The hook is gone or was never there. */
const goneErrors = ['no_service', 'no_active_hooks', 'invalid_token', 'team_disabled'];

const marks: Record<Tone, string> = { critical: '🔴', warning: '🟠', info: '🔵', good: '✅', neutral: '⚪' };

export const slackChannel: Channel = {
  format: 'slack',
  title: { en: 'Slack', zh: 'Slack' },
  transport: 'http',
  url: { example: 'https://hooks.slack.com/services/T000/B000/XXXX', default: null },
  secret: {
    kind: 'none',
    required: false,
    rule: { en: 'The URL is the secret.', zh: 'URL 本身即密钥。' },
    findProblem: () => 'is not used by Slack: the URL is the secret',
  },
  settings: {
    mention: {
      schema: Type.Array(Type.String({ pattern: '^(here|channel|[UWS][A-Z0-9]{2,20})$' }), { maxItems: 10 }),
      title: { en: 'Mention', zh: '提醒' },
      description: {
        en: 'Member or group ids, here or channel: mentioned when something critical breaks',
        zh: '成员或用户组 ID，或 here、channel：出现严重问题时提醒',
      },
    },
  },
  contentType: 'application/json',
  merges: true,
  rates: [{ count: 1, perMs: 1_000 }],
  compose: (message, settings) =>
    layOut(
      message,
      (layout) => render(layout, settings),
      (body, { blocks }) => body.length <= maxTotal && blocks.length <= maxBlocks,
    ),
  prepare: ({ url, body }) => ({ url, body, headers: {} }),
  judge(answer: Answer): Verdict {
    const gone = goneErrors.find((error) => answer.text.includes(error));
    if (gone && [403, 404, 410].includes(answer.status))
      return { kind: 'disable', reason: `Slack says ${gone}: the webhook is gone` };
    return judgeStatus(answer);
  },
};

function render(layout: Layout, settings: Settings) {
  const { texts, tone, title, link, omitted } = layout;
  const isOne = texts.length === 1 && omitted === '';
  return {
    text: escapeText(`${marks[tone]} ${title}`, maxSection),
    blocks: [
      {
        type: 'header',
        text: { type: 'plain_text', text: escapeText(`${marks[tone]} ${title}`, maxHeader), emoji: true },
      },
      ...(layout.calls ? mentionBlocks(settings) : []),
      ...texts.flatMap((text) => (isOne ? wholeBlocks(text) : [listedBlock(text)])),
      ...(omitted === '' ? [] : [section(escapeText(omitted, maxSection))]),
      {
        type: 'actions',
        elements: [
          {
            type: 'button',
            text: { type: 'plain_text', text: escapeText(link.text, maxButton) },
            url: link.url,
            style: 'primary',
          },
        ],
      },
    ],
  };
}

function wholeBlocks({ summary, facts }: AlertText) {
  return [
    ...(summary === '' ? [] : [section(escapeText(summary, maxSection))]),
    ...(facts.length === 0
      ? []
      : [
          {
            type: 'section',
            fields: facts.slice(0, maxFields).map(({ label, value }) => ({
              type: 'mrkdwn',
              text: `*${escapeText(label, 100)}*\n${escapeText(value, maxField - 110)}`,
            })),
          },
        ]),
  ];
}

function listedBlock({ headline, facts, link, tone }: AlertText) {
  const line = facts.map(({ label, value }) => `*${escapeText(label, 100)}*: ${escapeText(value, 200)}`).join(' · ');
  return section(`${marks[tone]} <${link.url}|${escapeText(headline, 300)}>\n${line}`);
}

function section(text: string) {
  return { type: 'section', text: { type: 'mrkdwn', text } };
}

function mentionBlocks(settings: Settings) {
  const ids = (settings.mention as string[] | undefined) ?? [];
  const mentions = ids.map((id) =>
    id === 'here' || id === 'channel' ? `<!${id}>` : id.startsWith('S') ? `<!subteam^${id}>` : `<@${id}>`,
  );
  return mentions.length === 0 ? [] : [section(mentions.join(' '))];
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** The only three characters Slack wants escaped. */
function escapeText(text: string, max: number): string {
  return cutEscaped(text, max, (point) => entities[point] ?? point);
}
