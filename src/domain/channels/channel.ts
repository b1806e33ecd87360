// What an alert channel is: pure builders. Sending, retrying, signing keys and the address check exist once, in the shell.
import type { Incident } from '../../contracts/incidents.ts';
import type { WebhookEvent, WebhookFormat } from '../../contracts/webhooks.ts';

/** What is told: an incident event, or a test of the endpoint. */
export type AlertSubject =
  | { kind: 'incident'; incident: Incident; url: string }
  | { kind: 'test'; message: string; url: string };

export interface Alert {
  event: WebhookEvent;
  /** When the event happened. */
  at: Date;
  subject: AlertSubject;
}

/** How an answer ends an attempt. `disable` ends the endpoint, too. */
export type AnswerVerdict = 'delivered' | 'retry' | 'disable';

export interface Channel {
  format: WebhookFormat;
  contentType: string;
  /** The body's bytes are fixed when the event happens and are the same in every attempt. */
  buildBody(alert: Alert): string;
  /** Whether the sender signs by Standard Webhooks. */
  signed: boolean;
  classifyAnswer(status: number): AnswerVerdict;
}
