// What a request says about an endpoint, checked against its channel and the address rules.
import { PublicError } from '../contracts/errors.ts';
import type { Principal } from '../contracts/tokens.ts';
import type { WebhookFilter } from '../contracts/webhooks.ts';
import type { Channel, Settings } from '../domain/channels/channel.ts';
import { readMailto } from '../domain/channels/email/channel.ts';
import { knownSettings, settingsSchema } from '../domain/channels/settings.ts';
import { makeWebhookSecret } from '../domain/channels/standard/sign.ts';
import { checkUrl } from '../platform/http/safe-fetch.ts';
import { randomSecretBytes } from '../platform/http/sign.ts';
import type { ApiSettings } from './deps.ts';
import { findProblems, refuseProblems } from './plugins/validation.ts';

/** The address to send to. @throws PublicError when it is missing, malformed or may not be reached. */
export function checkAddress(channel: Channel, given: string | undefined, settings: ApiSettings): string {
  const url = given ?? channel.url.default;
  if (url === null) throw invalid('/url', `is required for the format ${channel.format}, e.g. ${channel.url.example}`);
  if (channel.transport === 'smtp') return checkMailto(url, settings);
  const verdict = checkUrl(url, { allow: settings.outboundAllow });
  if (verdict.kind === 'ok') return url;
  const code = verdict.kind === 'invalid' ? 'invalid_request' : 'address_refused';
  throw new PublicError(code, `The url cannot be used: ${verdict.reason}.`, {
    errors: [{ path: '/url', message: verdict.reason }],
  });
}

function checkMailto(url: string, { canMail }: ApiSettings): string {
  if (!canMail) {
    throw new PublicError(
      'conflict',
      'This service has no mail server: an operator sets LOSSWATCH_SMTP_URL and LOSSWATCH_SMTP_FROM.',
      { errors: [{ path: '/format', message: 'email needs a mail server' }] },
    );
  }
  if (readMailto(url) === null)
    throw invalid('/url', 'must be mailto: and 1 to 20 addresses, e.g. mailto:oncall@example.org,ml@example.org');
  return url;
}

/** The settings to keep. @throws PublicError naming the setting that is wrong. */
export function checkSettings(channel: Channel, given: Settings = {}): Settings {
  const settings = knownSettings(channel, given);
  refuseProblems(findProblems(settingsSchema(channel, 'en'), settings, '/settings'));
  return settings;
}

/** The secret to keep: the given one, or a new one where they are made here. @throws PublicError when it is wrong or missing. */
export function checkSecret({ format, secret: rule }: Channel, given: string | undefined): string | null {
  if (given === undefined) {
    if (rule.required) throw invalid('/secret', `is required for the format ${format}: ${rule.rule.en}`);
    return rule.kind === 'generated' ? makeWebhookSecret(randomSecretBytes()) : null;
  }
  const problem = rule.findProblem(given);
  if (problem !== null) throw invalid('/secret', problem);
  return given;
}

/** A token of one project registers endpoints for that project only. @throws PublicError `forbidden` for another one. */
export function confineFilter(principal: Principal, filter: WebhookFilter): WebhookFilter {
  if (principal.project === null) return filter;
  if (filter.project !== undefined && filter.project !== principal.project) {
    throw new PublicError(
      'forbidden',
      `This token belongs to the project ${principal.project}; its webhooks hear of that project only.`,
    );
  }
  return { ...filter, project: principal.project };
}

function invalid(path: string, message: string): PublicError {
  return new PublicError('invalid_request', `${path} ${message}.`, { errors: [{ path, message }] });
}
