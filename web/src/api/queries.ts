// What the pages ask the API for, as TanStack queries that refresh themselves every few seconds.
import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQueries,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useCallback } from 'react';
import type { DiagnoseRequest, DiagnosisAnswer } from '../../../src/contracts/diagnosis.ts';
import type { IncidentState } from '../../../src/contracts/incidents.ts';
import { useLocale } from '../locales/locale-context.tsx';
import { filterQuery, type IncidentFilters } from '../routes.ts';
import { refuseSession, useSession } from '../session.ts';
import type { Incident, IncidentPage, Readiness, Run, RunPage, System } from './answers.ts';
import { ApiError, type Call, callApi } from './call-api.ts';

const refreshMs = 5_000;
/** What the API does not have is not asked for again. */
const unlessAbsent = (query: { state: { error: Error | null } }) =>
  query.state.error instanceof ApiError && query.state.error.status === 404 ? false : refreshMs;

/** Runs asked for by id on one page; further ones are shown by id alone. */
const maxRunsAsked = 20;

/** callApi with the session's token and language. A 401 ends the session, which brings the log-in page. */
function useApi() {
  const { token } = useSession();
  const { locale } = useLocale();
  return useCallback(
    async <T>(path: string, call: Call = {}): Promise<T> => {
      try {
        return await callApi<T>(path, { token, locale }, call);
      } catch (error) {
        if (error instanceof ApiError && error.status === 401 && token !== null) refuseSession(token);
        throw error;
      }
    },
    [token, locale],
  );
}

/** The list narrowed by `filters`, page after page. Texts are in the reader's language, so the language is part of the key. */
export function useIncidents(filters: IncidentFilters) {
  const api = useApi();
  const { locale } = useLocale();
  return useInfiniteQuery({
    queryKey: ['incidents', locale, filters],
    queryFn: ({ pageParam, signal }) => {
      const query = filterQuery(filters);
      if (pageParam !== null) query.set('cursor', pageParam);
      return api<IncidentPage>(`/v1/incidents?${query}`, { signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    refetchInterval: refreshMs,
  });
}

export function useIncident(id: string) {
  const api = useApi();
  const { locale } = useLocale();
  return useQuery({
    queryKey: ['incident', id, locale],
    queryFn: ({ signal }) => api<Incident>(`/v1/incidents/${encodeURIComponent(id)}`, { signal }),
    // Keeps the page in place while its texts come in the other language.
    placeholderData: (previous, query) => (query?.queryKey[1] === id ? previous : undefined),
    refetchInterval: unlessAbsent,
  });
}

export function useChangeState(id: string) {
  const api = useApi();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (state: IncidentState) =>
      api<unknown>(`/v1/incidents/${encodeURIComponent(id)}`, { method: 'PATCH', body: { state } }),
    onSuccess: () =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: ['incident', id] }),
        queryClient.invalidateQueries({ queryKey: ['incidents'] }),
      ]),
  });
}

/** The most recent runs, whatever their status. */
export function useRuns() {
  const api = useApi();
  return useQuery({
    queryKey: ['runs'],
    queryFn: ({ signal }) => api<RunPage>('/v1/runs?limit=20', { signal }),
    refetchInterval: refreshMs,
  });
}

/** The named runs, each null until it is known (or when the token may not see it). */
export function useRunsById(ids: readonly string[]): { id: string; run: Run | null }[] {
  const api = useApi();
  const answers = useQueries({
    queries: ids.slice(0, maxRunsAsked).map((id) => ({
      queryKey: ['run', id],
      queryFn: ({ signal }: { signal: AbortSignal }) => api<Run>(`/v1/runs/${encodeURIComponent(id)}`, { signal }),
      refetchInterval: unlessAbsent,
    })),
  });
  return ids.map((id, index) => ({ id, run: answers[index]?.data ?? null }));
}

/** A text to diagnose. The number is what tells two of them apart: texts may have megabytes. */
export interface Asked {
  number: number;
  request: DiagnoseRequest;
}

/** The diagnosis of a text, asked for once; null asks for nothing. In another language it is asked for again. */
export function useDiagnosis(asked: Asked | null) {
  const api = useApi();
  const { locale } = useLocale();
  return useQuery({
    queryKey: ['diagnosis', locale, asked?.number ?? null],
    queryFn: ({ signal }) => api<DiagnosisAnswer>('/v1/diagnose', { method: 'POST', body: asked?.request, signal }),
    enabled: asked !== null,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
}

export function useReadiness() {
  const api = useApi();
  return useQuery({
    queryKey: ['readiness'],
    // 503 tells what is not ready; it is an answer, not a failure.
    queryFn: ({ signal }) => api<Readiness>('/readyz', { signal, accept: [503] }),
    refetchInterval: 6 * refreshMs,
  });
}

export function useSystem() {
  const api = useApi();
  return useQuery({
    queryKey: ['system'],
    queryFn: ({ signal }) => api<System>('/v1/system', { signal }),
    refetchInterval: refreshMs,
  });
}
