// What stands beside an incident: similar ones, and the last good run.
import { useQuery } from '@tanstack/react-query';
import type { IncidentComparison, SimilarIncidents } from '../../../src/contracts/comparison.ts';
import { useLocale } from '../i18n/i18n.ts';
import { stringifySearch } from '../search/params.ts';
import { useApi } from './use-api.ts';

export type SimilarPage = SimilarIncidents;
export type Comparison = IncidentComparison;

const pathOf = (id: string) => `/v1/incidents/${encodeURIComponent(id)}`;

export function useSimilar(id: string) {
  const api = useApi();
  const { locale } = useLocale();
  return useQuery({
    queryKey: ['incident', id, 'similar', locale],
    queryFn: ({ signal }) => api<SimilarPage>(`${pathOf(id)}/similar`, { signal }),
    staleTime: 60_000,
  });
}

/** `run`: one of the incident's runs. */
export function useComparison(id: string, run: string) {
  const api = useApi();
  return useQuery({
    queryKey: ['incident', id, 'comparison', run],
    queryFn: ({ signal }) => api<Comparison>(`${pathOf(id)}/comparison${stringifySearch({ run })}`, { signal }),
    staleTime: 60_000,
  });
}
