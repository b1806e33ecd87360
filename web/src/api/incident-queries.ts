// Incidents, asked of the API and changed.
import { useQuery } from '@tanstack/react-query';
import { useLocale } from '../i18n/i18n.ts';
import { useLivePages } from '../live/live-pages.ts';
import { useRefreshMs } from '../live/live-provider.tsx';
import { type IncidentSearch, incidentQuery } from '../search/incidents.ts';
import type { Incident, IncidentSummary } from './answers.ts';
import { unlessAbsent } from './refresh.ts';
import { useApi } from './use-api.ts';

/** The list narrowed by `search`. */
export function useIncidentList(search: IncidentSearch) {
  return useLivePages<IncidentSummary>({
    name: 'incidents',
    search,
    pathOf: (page) => `/v1/incidents${incidentQuery(search, page)}`,
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
