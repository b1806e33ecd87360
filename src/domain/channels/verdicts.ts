// What the answers of chat services mean, as far as they agree.
import type { Answer, Verdict } from './channel.ts';

/** Statuses after which the same request can never succeed. */
const finalStatuses = new Set([400, 401, 403, 404, 405, 413, 422]);

/** Pause after a 429 that does not say how long. */
const defaultPauseMs = 5_000;

export const delivered: Verdict = { kind: 'delivered', reason: 'accepted' };

/**
 * By the status alone: 2xx is success, 410 asks never to be called again, a status that blames the request is final, everything else is
 * tried again. Redirects are not followed.
 */
export function judgeStatus({ status, retryAfterMs }: Answer): Verdict {
  if (status >= 200 && status < 300) return delivered;
  const reason = `status ${status}`;
  if (status === 429) return { kind: 'retry', reason, pauseMs: retryAfterMs ?? defaultPauseMs };
  if (status === 410) return { kind: 'disable', reason: 'the receiver answered 410 Gone' };
  if (finalStatuses.has(status)) return { kind: 'failed', reason };
  return { kind: 'retry', reason, ...(retryAfterMs === null ? {} : { pauseMs: retryAfterMs }) };
}

/** The answer as a JSON object; null when it is none. */
export function readJson(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/**
 * Of the services that answer 200 to failures and put a code into the body: success is code 0 and nothing else. `codes` says what known
 * codes mean; an unknown one is tried again, and so is a body without a code (a proxy's page).
 */
export function judgeCode(
  answer: Answer,
  names: { code: string[]; message: string[] },
  codes: Record<number, Pick<Verdict, 'kind' | 'pauseMs'>>,
): Verdict {
  const byStatus = judgeStatus(answer);
  const body = readJson(answer.text);
  const code = names.code.map((name) => body?.[name]).find((value) => typeof value === 'number');
  if (body === null || code === undefined)
    return byStatus.kind === 'delivered' ? { kind: 'retry', reason: 'the answer holds no code' } : byStatus;
  const said = names.message.map((name) => body[name]).find((value) => typeof value === 'string') ?? '';
  if (code === 0 && byStatus.kind === 'delivered') return delivered;
  const reason = `code ${code}${said === '' ? '' : `: ${String(said).slice(0, 200)}`}`;
  const known = codes[code as number];
  if (known) return { ...known, reason };
  return byStatus.kind === 'delivered' ? { kind: 'retry', reason } : { ...byStatus, reason };
}

/** The channels' secrets that a person brings: anything printable. */
export function findGivenSecretProblem(secret: string): string | null {
  return /^[\x21-\x7e]{1,200}$/.test(secret) ? null : 'must have 1 to 200 printable ASCII characters without spaces';
}
