// Microsoft Teams through a Workflow ("When a Teams webhook request is received"), which takes Adaptive Cards only. 28 KB a message by the
// book, trouble from 21 KB in practice: 20 KB here. A 202 means accepted, not shown. Two requests a second.
import type { Channel } from '../channel.ts';
import type { AlertText, Tone } from '../describe.ts';
import { type Layout, layOut, withinBytes } from '../layout.ts';
import { judgeStatus } from '../verdicts.ts';

const maxBytes = 20_000;

const colours: Record<Tone, string> = {
  critical: 'attention',
  warning: 'warning',
  info: 'accent',
  good: 'good',
  neutral: 'default',
};

export const teamsChannel: Channel = {
  format: 'teams',
  title: { en: 'Microsoft Teams (Workflow)', zh: 'Microsoft Teams（工作流）' },
  transport: 'http',
  url: { example: 'https://prod-00.westeurope.logic.azure.com:443/workflows/xxxxxxxx?sig=xxxxxxxx', default: null },
  secret: {
    kind: 'none',
    required: false,
    rule: { en: 'The URL is the secret.', zh: 'URL 本身即密钥。' },
    findProblem: () => 'is not used by Teams: the URL is the secret',
  },
  settings: {},
  contentType: 'application/json',
  merges: true,
  rates: [{ count: 2, perMs: 1_000 }],
  compose: (message) => layOut(message, (layout) => wrap(renderCard(layout)), withinBytes(maxBytes)),
  prepare: ({ url, body }) => ({ url, body, headers: {} }),
  judge: judgeStatus,
};

function wrap(content: object) {
  const contentType = 'application/vnd.microsoft.card.adaptive';
  return { type: 'message', attachments: [{ contentType, contentUrl: null, content }] };
}

function renderCard({ texts, omitted, title, tone, link }: Layout) {
  const isOne = texts.length === 1 && omitted === '';
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    fallbackText: title,
    body: [
      { ...textBlock(title), size: 'large', weight: 'bolder', color: colours[tone] },
      ...texts.flatMap((text) => (isOne ? wholeBlocks(text) : listedBlocks(text))),
      ...(omitted === '' ? [] : [textBlock(omitted)]),
    ],
    actions: [{ type: 'Action.OpenUrl', title: link.text, url: link.url }],
    msteams: { width: 'full' },
  };
}

function wholeBlocks({ summary, facts }: AlertText) {
  return [...(summary === '' ? [] : [textBlock(escapeText(summary))]), ...(facts.length === 0 ? [] : [factSet(facts)])];
}

function listedBlocks({ headline, facts, link, tone }: AlertText) {
  const heading = textBlock(`[${escapeText(headline)}](${link.url})`);
  return [{ ...heading, weight: 'bolder', color: colours[tone], separator: true }, factSet(facts)];
}

function textBlock(text: string) {
  return { type: 'TextBlock', text, wrap: true };
}

function factSet(facts: AlertText['facts']) {
  return { type: 'FactSet', facts: facts.map(({ label, value }) => ({ title: label, value: escapeText(value) })) };
}

/** Card texts know a little Markdown: links, emphasis and lists. */
function escapeText(text: string): string {
  return text.replace(/[\\[\]*_]/g, (sign) => `\\${sign}`);
}
