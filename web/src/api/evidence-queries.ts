// What an incident rests on, asked of the API: captures with their analysis, traces, metrics around a step.
import { useQuery } from '@tanstack/react-query';
import type { Static } from 'typebox';
import type { CaptureDetail } from '../../../src/contracts/analysis.ts';
import type * as traces from '../../../src/contracts/traces.ts';
import { useRefreshMs } from '../live/live-provider.tsx';
import { stringifySearch } from '../search/params.ts';
import type { SeriesAnswer } from './answers.ts';
import { isUnfinished, runPath } from './run-queries.ts';
import { useApi } from './use-api.ts';

export type TracePage = Static<typeof traces.TracePage>;

/** A finished analysis never changes; one that is not finished is asked for again, as soon as the capture's event comes. */
export function useCapture(run: string, id: string) {
  const api = useApi();
  const waitMs = useRefreshMs();
  return useQuery({
    queryKey: ['run', run, 'capture', id],
    queryFn: ({ signal }) => api<CaptureDetail>(runPath(run, `/captures/${encodeURIComponent(id)}`), { signal }),
    staleTime: ({ state }) => (state.data?.status === 'done' ? Number.POSITIVE_INFINITY : 0),
    refetchInterval: ({ state }) => (state.data !== undefined && isUnfinished(state.data) ? waitMs : false),
  });
}

/** The latest hundred traces of a run, without their texts. */
export function useTraces(run: string) {
  const api = useApi();
  return useQuery({
    queryKey: ['run', run, 'traces'],
    queryFn: ({ signal }) => api<TracePage>(runPath(run, '/traces?limit=100'), { signal }),
  });
}

/** null asks for nothing. */
export function useTrace(run: string, id: string | null) {
  const api = useApi();
  return useQuery({
    queryKey: ['trace', run, id],
    queryFn: ({ signal }) =>
      api<traces.TraceDetail>(runPath(run, `/traces/${encodeURIComponent(id ?? '')}`), { signal }),
    enabled: id !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The named metrics of all ranks between two steps. */
export function useMetrics(run: string, names: readonly string[], from: number, to: number | null) {
  const api = useApi();
  return useQuery({
    queryKey: ['run', run, 'metrics', names.join(','), from, to],
    queryFn: ({ signal }) => {
      const query = { names: names.join(','), from, to, max_points: 800 };
      return api<SeriesAnswer>(runPath(run, `/metrics${stringifySearch(query)}`), { signal });
    },
    enabled: names.length > 0,
    placeholderData: (previous) => previous,
  });
}
