// Incidents, asked of the API and changed.
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useLocale } from '../i18n/i18n.ts';
import { useRefreshMs } from '../live/live-provider.tsx';
import type { IncidentSearch } from '../search/incidents.ts';
import { stringifySearch } from '../search/params.ts';
import type { Incident, IncidentPage } from './answers.ts';
import { unlessAbsent } from './refresh.ts';
import { useApi } from './use-api.ts';

/** The list narrowed by `search` as it was first read, page after page: it is not read again, so that no row jumps. */
export function useIncidentPages(search: IncidentSearch) {
  const api = useApi();
  const { locale } = useLocale();
  return useInfiniteQuery({
    queryKey: ['incident-pages', locale, search],
    queryFn: ({ pageParam, signal }) =>
      api<IncidentPage>(`/v1/incidents${stringifySearch({ ...search, limit: 100, cursor: pageParam })}`, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
}

/** The first page of the list as it is now. */
export function useIncidentHead(search: IncidentSearch) {
  const api = useApi();
  const { locale } = useLocale();
  return useQuery({
    queryKey: ['incidents', locale, search],
    queryFn: ({ signal }) =>
      api<IncidentPage>(`/v1/incidents${stringifySearch({ ...search, limit: 100 })}`, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: useRefreshMs(),
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
    refetchInterval: unlessAbsent(useRefreshMs()),
  });
}
