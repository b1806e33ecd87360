// E-mail through the operator's SMTP server. The server is a setting and trusted; what goes into headers comes from users, so nodemailer
// encodes it and may read neither files nor URLs.
import { createTransport } from 'nodemailer';
import type { PostResult } from '../http/safe-fetch.ts';
import { withTimeout } from '../with-timeout.ts';

export interface Mail {
  /** Id of the delivery: makes the Message-ID, which stays the same over all attempts. */
  id: string;
  to: string[];
  subject: string;
  text: string;
  html: string;
  /** Mails with the same thread are shown as one conversation; null for one that stands alone. */
  thread: string | null;
  /** Page on which the endpoint can be removed. */
  unsubscribeUrl: string;
}

export interface Mailer {
  /** Never throws. An SMTP reply is the answer, its code the status; `refused` when no server is set. */
  send(mail: Mail): Promise<PostResult>;
  close(): void;
}

const stepTimeoutMs = 6_000;
/** Bounds the whole exchange. */
const timeoutMs = 15_000;

/** `url`: smtp://USER:PASSWORD@HOST:PORT or smtps://...; `from`: the sender's address. */
export function createMailer(server: { url: string; from: string } | null): Mailer {
  if (server === null) {
    const reason = 'this service has no mail server; an operator can set LOSSWATCH_SMTP_URL and LOSSWATCH_SMTP_FROM';
    return { send: async () => ({ kind: 'refused', reason }), close() {} };
  }
  const transport = createTransport({
    url: server.url,
    connectionTimeout: stepTimeoutMs,
    greetingTimeout: stepTimeoutMs,
    socketTimeout: stepTimeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = /@([A-Za-z0-9.-]+)>?$/.exec(server.from)?.[1] ?? 'losswatch.invalid';
  return {
    async send(mail) {
      const startedAt = performance.now();
      const latencyMs = () => Math.round(performance.now() - startedAt);
      const sending = transport.sendMail(toMessage(mail, server.from, domain));
      try {
        const { response } = await withTimeout(sending, timeoutMs, 'no answer from the mail server');
        return toAnswer(response, latencyMs());
      } catch (error) {
        const { responseCode, message } = error as Error & { responseCode?: number };
        if (responseCode !== undefined) return toAnswer(`${responseCode} ${message}`, latencyMs());
        return { kind: 'failed', reason: message.slice(0, 300), latencyMs: latencyMs() };
      }
    },
    close: () => transport.close(),
  };
}

function toMessage({ id, to, subject, text, html, thread, unsubscribeUrl }: Mail, from: string, domain: string) {
  const parent = thread === null ? undefined : `<${thread}@${domain}>`;
  return {
    from,
    to,
    subject,
    text,
    html,
    messageId: `<${id}@${domain}>`,
    ...(parent === undefined ? {} : { inReplyTo: parent, references: parent }),
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    list: { unsubscribe: unsubscribeUrl },
  };
}

function toAnswer(response: string, latencyMs: number): PostResult {
  const status = Number(/^\d{3}/.exec(response)?.[0] ?? 250);
  return { kind: 'answered', status, answer: response, latencyMs };
}
