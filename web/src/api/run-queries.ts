// Runs and what they sent, asked of the API. Keys begin with ['run', ID], so that the live events of a run refresh them.
import { keepPreviousData, useInfiniteQuery, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { useLocale } from '../i18n/i18n.ts';
import { holdOrder, withLatest } from '../live/hold-order.ts';
import { useLivePages } from '../live/live-pages.ts';
import { useRefreshMs } from '../live/live-provider.tsx';
import { notRead } from '../live/touched-keys.ts';
import { stringifySearch } from '../search/params.ts';
import type { RunsSearch } from '../search/runs.ts';
import type {
  CaptureListItem,
  CapturePage,
  FindingAnswer,
  FindingPage,
  IncidentPage,
  Run,
  RunDetail,
  RunPage,
  SeriesAnswer,
} from './answers.ts';
import { unlessAbsent } from './refresh.ts';
import { useApi } from './use-api.ts';

/** Runs asked for by id on one page; further ones are shown by id alone. */
const maxRunsAsked = 20;
/** Findings of a run that are marked; a page holds 500. */
const maxFindings = 2_000;

export function runPath(id: string, rest = ''): string {
  return `/v1/runs/${encodeURIComponent(id)}${rest}`;
}

/** The runs that `search` leaves, the last heard of first. */
export function useRunList(search: RunsSearch) {
  return useLivePages<Run>({
    name: 'runs',
    search,
    pathOf: (page) => `/v1/runs${stringifySearch({ ...search, ...page })}`,
  });
}

/** The first of them, to choose from. */
export function useFoundRuns(search: RunsSearch) {
  const api = useApi();
  return useQuery({
    queryKey: ['runs', 'found', search],
    queryFn: ({ signal }) => api<RunPage>(`/v1/runs${stringifySearch({ ...search, limit: 20 })}`, { signal }),
    placeholderData: keepPreviousData,
  });
}

/** The most recent runs, whatever their status. */
export function useRecentRuns() {
  const api = useApi();
  return useQuery({
    queryKey: ['runs', 'recent'],
    queryFn: ({ signal }) => api<RunPage>('/v1/runs?limit=20', { signal }),
    refetchInterval: useRefreshMs(),
  });
}

/** A run with what is known to fail in its environment. */
export function useRun(id: string) {
  const api = useApi();
  const { locale } = useLocale();
  return useQuery({
    queryKey: ['run', id, 'detail', locale],
    queryFn: ({ signal }) => api<RunDetail>(runPath(id), { signal }),
    placeholderData: (previous, query) => (query?.queryKey[1] === id ? previous : undefined),
    refetchInterval: unlessAbsent(useRefreshMs()),
  });
}

/** The named runs, each null until it is known (or when the token may not see it). */
export function useRunsById(ids: readonly string[]): { id: string; run: Run | null }[] {
  const api = useApi();
  const refreshMs = useRefreshMs();
  const answers = useQueries({
    queries: ids.slice(0, maxRunsAsked).map((id) => ({
      queryKey: ['run', id],
      queryFn: ({ signal }: { signal: AbortSignal }) => api<Run>(runPath(id), { signal }),
      refetchInterval: unlessAbsent(refreshMs),
    })),
  });
  return ids.map((id, index) => ({ id, run: answers[index]?.data ?? null }));
}

export interface SeriesRange {
  from: number | undefined;
  to: number | undefined;
  /** undefined: every rank. */
  rank: number | undefined;
  maxPoints: number;
}

/** All series of each of the runs, in the order of `ids`; undefined until they are known. */
export function useSeriesOfRuns(ids: readonly string[], { from, to, rank, maxPoints }: SeriesRange) {
  const api = useApi();
  const refreshMs = useRefreshMs();
  return useQueries({
    queries: ids.map((id) => ({
      queryKey: ['run', id, 'series', { from, to, rank, maxPoints }],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        api<SeriesAnswer>(runPath(id, `/metrics${stringifySearch({ from, to, rank, max_points: maxPoints })}`), {
          signal,
        }),
      // The picture stays while a closer look at a range comes.
      placeholderData: keepPreviousData,
      refetchInterval: unlessAbsent(refreshMs),
    })),
  });
}

/** What was found in the points and tensors of a run, at most 2,000. */
export function useFindings(id: string) {
  const api = useApi();
  const { locale } = useLocale();
  return useQuery({
    queryKey: ['run', id, 'findings', locale],
    queryFn: async ({ signal }) => {
      const found: FindingAnswer[] = [];
      let cursor: string | null = null;
      do {
        const page: FindingPage = await api(runPath(id, `/findings${stringifySearch({ cursor })}`), { signal });
        found.push(...page.items);
        cursor = page.next_cursor;
      } while (cursor !== null && found.length < maxFindings);
      return found;
    },
    placeholderData: (previous, query) => (query?.queryKey[1] === id ? previous : undefined),
    refetchInterval: unlessAbsent(useRefreshMs()),
  });
}

/** The incidents a run is part of, unresolved ones first by the order of their last sighting. */
export function useIncidentsOfRun(id: string) {
  const api = useApi();
  const { locale } = useLocale();
  return useQuery({
    queryKey: ['incidents', 'of-run', id, locale],
    queryFn: ({ signal }) => api<IncidentPage>(`/v1/incidents${stringifySearch({ run: id, limit: 20 })}`, { signal }),
    placeholderData: (previous, query) => (query?.queryKey[2] === id ? previous : undefined),
    refetchInterval: unlessAbsent(useRefreshMs()),
  });
}

/** Its analysis is still to come. */
export function isUnfinished({ status }: Pick<CaptureListItem, 'status'>): boolean {
  return status === 'queued' || status === 'running';
}

/**
 * The captures of a run, the newest first: those that were there when they were first read, page after page, and before them the new ones.
 * Only the newest page is read again, and older ones while an analysis of theirs is still to come; when all of the newest page is new, the
 * list is read again.
 */
export function useCaptures(id: string) {
  const api = useApi();
  const queryClient = useQueryClient();
  const pathOf = (cursor: string | null) => runPath(id, `/captures${stringifySearch({ limit: 100, cursor })}`);
  const pagesKey = [notRead, 'captures', id];
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: pagesKey,
    queryFn: ({ pageParam, signal }) => api<CapturePage>(pathOf(pageParam), { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const head = useQuery({
    queryKey: ['run', id, 'captures'],
    queryFn: ({ signal }) => api<CapturePage>(pathOf(null), { signal }),
    refetchInterval: unlessAbsent(useRefreshMs()),
  });
  const waitMs = useRefreshMs();
  const cursors = (data?.pageParams ?? []) as (string | null)[];
  const older = useQueries({
    queries: (data?.pages ?? []).slice(1).map(({ items }, index) => ({
      queryKey: ['run', id, 'captures', cursors[index + 1]],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        api<CapturePage>(pathOf(cursors[index + 1] ?? null), { signal }),
      enabled: items.some(isUnfinished),
      refetchInterval: ({ state }: { state: { data: CapturePage | undefined } }) =>
        state.data?.items.some(isUnfinished) === false ? (false as const) : waitMs,
    })),
    combine: itemsOf,
  });
  const captures = useMemo(() => {
    const known = data?.pages.flatMap(({ items }) => items);
    const latest = head.data?.items ?? [];
    if (known === undefined) return undefined;
    const rows = withLatest(holdOrder(known, latest).rows, older);
    const before = new Set(rows.map((row) => row.id));
    return [...latest.filter((capture) => !before.has(capture.id)), ...rows];
  }, [data, head.data, older]);
  const known = data?.pages[0]?.items;
  const isApart =
    known !== undefined &&
    known.length > 0 &&
    head.data?.next_cursor != null &&
    !head.data.items.some((capture) => capture.id === known[0]?.id);
  useEffect(() => {
    if (isApart) void queryClient.resetQueries({ queryKey: [notRead, 'captures', id] });
  }, [isApart, queryClient, id]);
  return { captures, error: error ?? head.error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage };
}

function itemsOf(pages: { data: CapturePage | undefined }[]): CaptureListItem[] {
  return pages.flatMap(({ data }) => data?.items ?? []);
}
