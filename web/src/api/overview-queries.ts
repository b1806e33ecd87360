// How all runs do, asked of the API.
import { useQuery } from '@tanstack/react-query';
import { useLocale } from '../i18n/i18n.ts';
import { useRefreshMs } from '../live/live-provider.tsx';
import { stringifySearch } from '../search/params.ts';
import type { IncidentPage, Overview } from './answers.ts';
import { useApi } from './use-api.ts';

export function useOverview() {
  const api = useApi();
  const { locale } = useLocale();
  return useQuery({
    queryKey: ['overview', locale],
    queryFn: ({ signal }) => api<Overview>('/v1/overview', { signal }),
    placeholderData: (previous) => previous,
    refetchInterval: useRefreshMs(),
  });
}

/** The open incidents that were seen last. */
export function useLatestIncidents(limit: number) {
  const api = useApi();
  const { locale } = useLocale();
  return useQuery({
    queryKey: ['incidents', 'latest', locale, limit],
    queryFn: ({ signal }) => api<IncidentPage>(`/v1/incidents${stringifySearch({ state: 'open', limit })}`, { signal }),
    placeholderData: (previous) => previous,
    refetchInterval: useRefreshMs(),
  });
}
