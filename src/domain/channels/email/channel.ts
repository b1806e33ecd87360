// E-mail. The body kept for a delivery is JSON: subject, text, HTML, and the id of the thread; the sender adds the addresses and headers
// (RFC 5322; RFC 3834 for Auto-Submitted). An SMTP reply of 2xx is success, 4xx is tried again, 5xx is final (RFC 5321 section 4.2.1).
import { Type } from 'typebox';
import type { Answer, Channel, Settings, Verdict } from '../channel.ts';
import { cut } from '../cut.ts';
import type { AlertText, Tone } from '../describe.ts';
import { type Layout, layOut } from '../layout.ts';
import { delivered } from '../verdicts.ts';

const maxSubject = 150;
/** Mail has no narrow limit; this keeps a digest readable. */
const maxLength = 60_000;

const colours: Record<Tone, string> = {
  critical: '#b42318',
  warning: '#b54708',
  info: '#175cd3',
  good: '#067647',
  neutral: '#475467',
};

export interface EmailBody {
  subject: string;
  text: string;
  html: string;
  /** Mails of one incident are one thread; null for mails that stand alone. */
  thread: string | null;
}

export const emailChannel: Channel = {
  format: 'email',
  title: { en: 'E-mail', zh: '电子邮件' },
  transport: 'smtp',
  url: { example: 'mailto:oncall@example.org', default: null },
  secret: {
    kind: 'none',
    required: false,
    rule: {
      en: "The mail server is the operator's setting LOSSWATCH_SMTP_URL.",
      zh: '邮件服务器由管理员通过 LOSSWATCH_SMTP_URL 设置。',
    },
    findProblem: () => 'is not used for e-mail: the mail server is set with LOSSWATCH_SMTP_URL',
  },
  settings: {
    subject_prefix: {
      schema: Type.String({ minLength: 1, maxLength: 50 }),
      title: { en: 'Subject prefix', zh: '主题前缀' },
      description: { en: 'Put before every subject, for filters', zh: '加在每封邮件主题之前，便于过滤' },
    },
  },
  contentType: 'application/json',
  merges: true,
  rates: [{ count: 30, perMs: 60_000 }],
  compose(message, settings) {
    const { alerts } = message;
    const [{ subject }] = alerts;
    const thread = alerts.length === 1 && subject.kind === 'incident' ? subject.incident.id : null;
    return layOut(
      message,
      (layout): EmailBody => ({ ...render(layout, settings, message.locale), thread }),
      (body) => body.length <= maxLength,
    );
  },
  prepare: ({ url, body }) => ({ url, body, headers: {} }),
  judge({ status, text }: Answer): Verdict {
    if (status >= 200 && status < 300) return delivered;
    return { kind: status >= 500 ? 'failed' : 'retry', reason: `SMTP ${status}: ${text.slice(0, 200)}` };
  },
};

/** Addresses of a mailto: URL (RFC 6068, addresses only), or null when it is none. */
export function readMailto(url: string): string[] | null {
  const match = /^mailto:([^?#]+)$/i.exec(url.trim());
  if (!match) return null;
  try {
    const addresses = decodeURIComponent(match[1] ?? '').split(',');
    const isAddress = (text: string) => /^[^\s@<>,;:"()[\]\\\p{Cc}]{1,64}@[A-Za-z0-9.-]{1,253}$/u.test(text);
    return addresses.length <= 20 && addresses.every(isAddress) ? addresses : null;
  } catch {
    return null;
  }
}

function render(layout: Layout, settings: Settings, locale: string): Omit<EmailBody, 'thread'> {
  const { texts, title, omitted, link, tone } = layout;
  const isOne = texts.length === 1 && omitted === '';
  const prefix = settings.subject_prefix as string | undefined;
  const parts = texts.map((text) => plainText(text, isOne));
  return {
    subject: cut(prefix === undefined ? title : `${prefix} ${title}`, maxSubject),
    text: [title, '', ...parts, ...(omitted === '' ? [] : [omitted]), `${link.text}: ${link.url}`, ''].join('\n'),
    html: [
      `<!doctype html><html lang="${locale === 'zh' ? 'zh-CN' : 'en'}"><body style="font-family:sans-serif;color:#101828">`,
      `<h2 style="color:${colours[tone]};font-size:18px">${escapeText(title)}</h2>`,
      ...texts.map((text) => htmlText(text, isOne)),
      omitted === '' ? '' : `<p>${escapeText(omitted)}</p>`,
      `<p><a href="${escapeText(link.url)}">${escapeText(link.text)}</a></p></body></html>`,
    ].join(''),
  };
}

function plainText({ headline, summary, facts, link }: AlertText, isOne: boolean): string {
  const lines = facts.map(({ label, value }) => `${label}: ${value}`);
  const heading = isOne ? [] : [headline, link.url];
  return [...heading, ...(summary === '' || !isOne ? [] : [summary, '']), ...lines, ''].join('\n');
}

function htmlText({ headline, summary, facts, link, tone }: AlertText, isOne: boolean): string {
  const heading = isOne
    ? ''
    : `<h3 style="font-size:15px"><a style="color:${colours[tone]}" href="${escapeText(link.url)}">${escapeText(headline)}</a></h3>`;
  const rows = facts.map(
    ({ label, value }) =>
      `<tr><th style="text-align:left;padding:2px 12px 2px 0;vertical-align:top;white-space:nowrap">${escapeText(label)}</th><td>${escapeText(value)}</td></tr>`,
  );
  const text = summary === '' || !isOne ? '' : `<p>${escapeText(summary)}</p>`;
  return `${heading}${text}<table style="border-collapse:collapse;font-size:14px">${rows.join('')}</table>`;
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}
