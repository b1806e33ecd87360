// Discord webhooks (discord.com/developers/docs/resources/webhook, .../topics/rate-limits). Limits: 10 embeds, title 256, description 4,096,
// 25 fields of 256 + 1,024, 6,000 over all embeds. `wait=true` makes failures visible. The rate is read from the headers.
import { Type } from 'typebox';
import type { Answer, Channel, Settings, Verdict } from '../channel.ts';
import { cut, cutEscaped } from '../cut.ts';
import type { AlertText, Tone } from '../describe.ts';
import { type Layout, layOut } from '../layout.ts';
import { judgeStatus, readJson } from '../verdicts.ts';

const maxContent = 2_000;
const maxEmbeds = 10;
const maxTitle = 256;
const maxDescription = 4_096;
const maxName = 256;
const maxValue = 1_024;
const maxAll = 6_000;
const maxFooter = 2_048;

const colours: Record<Tone, number> = {
  critical: 0xd92d20,
  warning: 0xf79009,
  info: 0x2e90fa,
  good: 0x12b76a,
  neutral: 0x98a2b3,
};

export const discordChannel: Channel = {
  format: 'discord',
  title: { en: 'Discord', zh: 'Discord' },
  transport: 'http',
  url: { example: 'https://discord.com/api/webhooks/000000/xxxxxxxx', default: null },
  secret: {
    kind: 'none',
    required: false,
    rule: { en: 'The URL is the secret.', zh: 'URL 本身即密钥。' },
    findProblem: () => 'is not used by Discord: the URL is the secret',
  },
  settings: {
    mention_roles: {
      schema: Type.Array(Type.String({ pattern: '^[0-9]{5,20}$' }), { maxItems: 10 }),
      title: { en: 'Mention roles', zh: '提醒的身份组' },
      description: {
        en: 'Role ids mentioned when something critical breaks',
        zh: '出现严重问题时提醒这些身份组（ID）',
      },
    },
    username: {
      schema: Type.String({ minLength: 1, maxLength: 80 }),
      title: { en: 'Name shown', zh: '显示名称' },
      description: { en: "Instead of the webhook's own name", zh: '代替 Webhook 自身的名称' },
    },
  },
  contentType: 'application/json',
  merges: true,
  rates: [{ count: 5, perMs: 2_000 }],
  compose: (message, settings) => layOut(message, (layout) => render(layout, settings), fits),
  prepare({ url, body }) {
    const waiting = new URL(url);
    waiting.searchParams.set('wait', 'true');
    return { url: waiting.href, headers: {}, body };
  },
  judge(answer: Answer): Verdict {
    const seconds =
      answer.status === 429
        ? Number(readJson(answer.text)?.retry_after ?? answer.headers['x-ratelimit-reset-after'])
        : answer.headers['x-ratelimit-remaining'] === '0'
          ? Number(answer.headers['x-ratelimit-reset-after'])
          : 0;
    const pause = seconds > 0 ? { pauseMs: Math.ceil(seconds * 1000) } : {};
    if (answer.status === 404) return { kind: 'disable', reason: 'Discord knows no such webhook (404)' };
    return { ...judgeStatus(answer), ...pause };
  },
};

function render(layout: Layout, settings: Settings) {
  const { texts, omitted, title, link } = layout;
  const isOne = texts.length === 1 && omitted === '';
  const roles = layout.calls ? ((settings.mention_roles as string[] | undefined) ?? []) : [];
  const username = settings.username as string | undefined;
  const heading = isOne ? '' : `**${escapeText(title, maxContent / 2)}** <${link.url}>`;
  const content = [roles.map((id) => `<@&${id}>`).join(' '), heading].filter((part) => part !== '').join(' ');
  const embeds = texts.map((text) => (isOne ? wholeEmbed(text) : listedEmbed(text)));
  const last = embeds.at(-1);
  if (last && omitted !== '') last.footer = { text: cut(omitted, maxFooter) };
  return {
    ...(username === undefined ? {} : { username }),
    ...(content === '' ? {} : { content: cut(content, maxContent) }),
    embeds,
    allowed_mentions: { parse: [], ...(roles.length > 0 ? { roles } : {}) },
  };
}

interface Embed {
  title: string;
  url: string;
  color: number;
  description?: string;
  fields?: { name: string; value: string; inline: boolean }[];
  footer?: { text: string };
}

function fits(_body: string, { embeds }: { embeds: Embed[] }): boolean {
  return embeds.length <= maxEmbeds && embeds.reduce((sum, embed) => sum + sizeOf(embed), 0) <= maxAll;
}

function wholeEmbed({ headline, summary, facts, link, tone }: AlertText): Embed {
  return {
    title: escapeText(headline, maxTitle),
    url: link.url,
    color: colours[tone],
    ...(summary === '' ? {} : { description: escapeText(summary, maxDescription) }),
    fields: facts.map(({ label, value }) => ({
      name: cut(label, maxName),
      value: escapeText(value === '' ? '-' : value, maxValue),
      inline: value.length <= 40,
    })),
  };
}

function listedEmbed({ headline, facts, link, tone }: AlertText): Embed {
  const description = facts.map(({ label, value }) => `**${label}** ${escapeText(value, 300)}`).join(' · ');
  return { title: escapeText(headline, maxTitle), url: link.url, color: colours[tone], description };
}

/** What Discord counts towards 6,000. */
function sizeOf({ title, description = '', fields = [], footer }: Embed): number {
  const ofFields = fields.reduce((sum, { name, value }) => sum + name.length + value.length, 0);
  return title.length + description.length + ofFields + (footer?.text.length ?? 0);
}

function escapeText(text: string, max: number): string {
  return cutEscaped(text, max, (point) => (/[*_~`|\\<>[\]]/.test(point) ? `\\${point}` : point));
}
