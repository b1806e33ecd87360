// Runs, asked of the API.
import { useQueries, useQuery } from '@tanstack/react-query';
import { useRefreshMs } from '../live/live-provider.tsx';
import type { Run, RunPage } from './answers.ts';
import { unlessAbsent } from './refresh.ts';
import { useApi } from './use-api.ts';

/** Runs asked for by id on one page; further ones are shown by id alone. */
const maxRunsAsked = 20;

/** The most recent runs, whatever their status. */
export function useRecentRuns() {
  const api = useApi();
  return useQuery({
    queryKey: ['runs', 'recent'],
    queryFn: ({ signal }) => api<RunPage>('/v1/runs?limit=20', { signal }),
    refetchInterval: useRefreshMs(),
  });
}

/** The named runs, each null until it is known (or when the token may not see it). */
export function useRunsById(ids: readonly string[]): { id: string; run: Run | null }[] {
  const api = useApi();
  const refreshMs = useRefreshMs();
  const answers = useQueries({
    queries: ids.slice(0, maxRunsAsked).map((id) => ({
      queryKey: ['run', id],
      queryFn: ({ signal }: { signal: AbortSignal }) => api<Run>(`/v1/runs/${encodeURIComponent(id)}`, { signal }),
      refetchInterval: unlessAbsent(refreshMs),
    })),
  });
  return ids.map((id, index) => ({ id, run: answers[index]?.data ?? null }));
}
