// Who is logged in: the token, kept in sessionStorage so that a reload keeps it and closing the tab forgets it.
import { useSyncExternalStore } from 'react';
import { sessionStore } from './browser-store.ts';

export interface Session {
  token: string | null;
  /** The server refused the token while it was in use; the log-in page says so. */
  refused: boolean;
}

const storageKey = 'losswatch.token';
const listeners = new Set<() => void>();
let current: Session = { token: sessionStore.get(storageKey), refused: false };

export function startSession(token: string): void {
  change({ token, refused: false });
}

export function endSession(): void {
  change({ token: null, refused: false });
}

/** Ends the session of `token`. An answer that arrives late, for a token no longer in use, ends nothing. */
export function refuseSession(token: string): void {
  if (current.token === token) change({ token: null, refused: true });
}

export function useSession(): Session {
  return useSyncExternalStore(subscribe, () => current);
}

function change(next: Session): void {
  current = next;
  sessionStore.set(storageKey, next.token);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
