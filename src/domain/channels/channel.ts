// What an alert channel is: pure functions that build a message, dress it for one attempt and judge the answer. Sending, retrying, the
// rate and the address check exist once, in the shell.
import type { TSchema } from 'typebox';
import type { LocalizedText } from '../../contracts/catalog-fields.ts';
import type { Locale } from '../../contracts/common.ts';
import type { Incident } from '../../contracts/incidents.ts';
import type { ChannelSecret, WebhookEvent, WebhookFormat } from '../../contracts/webhooks.ts';

/** What is told: an incident event, an endpoint that alerts do not get through to, or a test. */
export type AlertSubject =
  | { kind: 'incident'; incident: Incident; url: string }
  | { kind: 'endpoint'; endpoint: FailingEndpoint; url: string }
  | { kind: 'test'; message: string; url: string };

export interface FailingEndpoint {
  id: string;
  format: WebhookFormat;
  /** Host only: the rest of an address is often its secret. */
  host: string;
  status: 'enabled' | 'disabled';
  reason: string;
  /** RFC 3339; the first failure since the last success. */
  failing_since: string;
}

/** Why an incident is told of at a time when nothing happened to it. */
export type NoticeReason =
  | { kind: 'repeat'; after_s: number }
  | { kind: 'escalation'; after_s: number }
  | { kind: 'digest' };

export interface Alert {
  event: WebhookEvent;
  /** When the event happened, RFC 3339. */
  at: string;
  subject: AlertSubject;
  reason?: NoticeReason;
}

/** What one request tells. A channel that merges takes several alerts, any other exactly one. */
export interface Message {
  locale: Locale;
  alerts: [Alert, ...Alert[]];
  /** Page that lists all incidents. */
  listUrl: string;
  /** Route and labels of the group that the alerts belong to, where a route made one. */
  group?: { route: string; labels: Record<string, string> };
}

/** One value of an endpoint's settings, as a form shows it. */
export interface SettingField {
  schema: TSchema;
  title: LocalizedText;
  description: LocalizedText;
}
export type Settings = Record<string, unknown>;

export interface Composed {
  body: string;
  /** How many of the alerts, from the first on, the body tells of one by one; of the rest it says only how many there are. */
  listed: number;
}

export interface Attempt {
  /** Stays the same over all attempts. */
  id: string;
  url: string;
  body: string;
  /** The current secret first; others while one is being replaced. Empty when the endpoint has none. */
  secrets: string[];
  now: Date;
  /** HMAC-SHA256 in base64. */
  hmac: (key: string | Uint8Array, message: string) => string;
}

export interface Outgoing {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** The part of an answer that decides; header names are in lower case. */
export interface Answer {
  status: number;
  text: string;
  headers: Record<string, string>;
  /** From Retry-After; null when the answer has none. */
  retryAfterMs: number | null;
}

/**
 * How an answer ends an attempt. `failed`: this delivery can never succeed; `disable`: nor can any other. `pauseMs`: the endpoint wants
 * nothing before that time has passed.
 */
export interface Verdict {
  kind: 'delivered' | 'retry' | 'failed' | 'disable';
  reason: string;
  pauseMs?: number;
}

/** At most `count` requests in any `perMs`. */
export interface Rate {
  count: number;
  perMs: number;
}

export interface Channel {
  format: WebhookFormat;
  title: LocalizedText;
  transport: 'http' | 'smtp';
  /** An address as a person would type it; `default` is taken when none is given. */
  url: { example: string; default: string | null };
  secret: { kind: ChannelSecret; required: boolean; rule: LocalizedText; findProblem(secret: string): string | null };
  settings: Record<string, SettingField>;
  contentType: string;
  /** Several alerts may be one message. */
  merges: boolean;
  rates: Rate[];
  /** The body is fixed when the event happens and tells the same in every attempt. */
  compose(message: Message, settings: Settings): Composed;
  /** Address, headers and body of one attempt: signatures are made here, since they hold its time. */
  prepare(attempt: Attempt): Outgoing;
  judge(answer: Answer): Verdict;
}
