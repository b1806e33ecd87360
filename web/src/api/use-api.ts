// callApi with the session and language of the reader.
import { useCallback } from 'react';
import { useLocale } from '../i18n/i18n.ts';
import { refuseSession, useSession } from '../session.ts';
import { ApiError, type Call, callApi } from './call-api.ts';

/** A 401 ends the session, which brings the log-in page. */
export function useApi() {
  const state = useSession();
  const csrf = state.status === 'in' ? state.session.csrf_token : null;
  const { locale } = useLocale();
  return useCallback(
    async <T>(path: string, call: Call = {}): Promise<T> => {
      try {
        return await callApi<T>(path, { csrf, locale }, call);
      } catch (error) {
        if (error instanceof ApiError && error.status === 401 && csrf !== null) refuseSession(csrf);
        throw error;
      }
    },
    [csrf, locale],
  );
}

/** Whether the reader's session may change things, or only look. */
export function useRole(): 'read' | 'admin' | null {
  const state = useSession();
  if (state.status !== 'in') return null;
  return state.session.role === 'admin' ? 'admin' : 'read';
}
