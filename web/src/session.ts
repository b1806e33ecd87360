// Who is logged in. The token is exchanged for an HttpOnly cookie at the log-in and never kept; what is known here lives in memory.
import { useSyncExternalStore } from 'react';
import type { Locale } from '../../src/contracts/common.ts';
import type { Session } from './api/answers.ts';
import { ApiError, callApi } from './api/call-api.ts';

export type SessionState =
  | { status: 'asking' }
  | { status: 'unreachable' }
  /** `ended`: the server refused a session while it was in use; the log-in page says so. */
  | { status: 'out'; ended: boolean }
  | { status: 'in'; session: Session };

const listeners = new Set<() => void>();
let current: SessionState = { status: 'asking' };

/** Asks the server whether this browser has a session. No word of the answer is shown, so its language does not matter. */
export async function restoreSession(): Promise<void> {
  change({ status: 'asking' });
  try {
    change({ status: 'in', session: await callApi<Session>('/v1/session', { csrf: null, locale: 'en' }) });
  } catch (error) {
    const refused = error instanceof ApiError && (error.status === 401 || error.status === 403);
    change(refused ? { status: 'out', ended: false } : { status: 'unreachable' });
  }
}

/** @throws ApiError when the server does not take the token. */
export async function logIn(token: string, locale: Locale): Promise<void> {
  const call = { method: 'POST', body: { token } } as const;
  change({ status: 'in', session: await callApi<Session>('/v1/session', { csrf: null, locale }, call) });
}

/** Only the server can end the session: it alone may delete the cookie. */
export async function logOut(locale: Locale): Promise<void> {
  const csrf = current.status === 'in' ? current.session.csrf_token : null;
  try {
    await callApi('/v1/session', { csrf, locale }, { method: 'DELETE' });
    change({ status: 'out', ended: false });
  } catch (error) {
    const ended = error instanceof ApiError && error.status === 401;
    change(ended ? { status: 'out', ended: false } : { status: 'unreachable' });
  }
}

/** Ends the session that `csrf` belongs to. An answer that arrives late, for a session no longer in use, ends nothing. */
export function refuseSession(csrf: string): void {
  if (current.status === 'in' && current.session.csrf_token === csrf) change({ status: 'out', ended: true });
}

export function useSession(): SessionState {
  return useSyncExternalStore(subscribe, () => current);
}

function change(next: SessionState): void {
  current = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
