// A long list under live events: its pages as they were first read, which are not read again, so that nothing jumps and no event costs
// more than two requests; and as they are now its first page and the rows on view.
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { useApi } from '../api/use-api.ts';
import { useLocale } from '../i18n/i18n.ts';
import { holdOrder, withLatest } from './hold-order.ts';
import { useRefreshMs } from './live-provider.tsx';
import { notRead } from './touched-keys.ts';

interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

/** As many as the API gives at once. */
const pageSize = 100;
/** Rows on view are asked for in blocks, so that scrolling by a row asks for nothing. */
const blockRows = 25;

interface LivePages {
  /** What the query keys begin with: the name of what events touch. */
  name: 'runs' | 'incidents';
  /** What the list is narrowed to. */
  search: object;
  /** Path and query of a page. */
  pathOf: (page: { limit: number; cursor?: string | null; ids?: string }) => string;
}

export function useLivePages<T extends { id: string }>({ name, search, pathOf }: LivePages) {
  const api = useApi();
  const { locale } = useLocale();
  const refreshMs = useRefreshMs();
  const queryClient = useQueryClient();
  const [view, setView] = useState({ from: 0, to: 0 });
  const pagesKey = [notRead, name, locale, search];
  const pages = useInfiniteQuery({
    queryKey: pagesKey,
    queryFn: ({ pageParam, signal }) => api<Page<T>>(pathOf({ limit: pageSize, cursor: pageParam }), { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const head = useQuery({
    queryKey: [name, 'head', locale, search],
    queryFn: ({ signal }) => api<Page<T>>(pathOf({ limit: pageSize }), { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: refreshMs,
  });
  const inHead = useMemo(() => new Set(head.data?.items.map(({ id }) => id)), [head.data]);
  const known = useMemo(() => pages.data?.pages.flatMap(({ items }) => items), [pages.data]);
  const ids = (known ?? [])
    .slice(view.from, view.to)
    .map(({ id }) => id)
    .filter((id) => !inHead.has(id))
    .slice(0, pageSize)
    .join(',');
  const seen = useQuery({
    queryKey: [name, 'on-view', locale, ids],
    queryFn: ({ signal }) => api<Page<T>>(`/v1/${name}?limit=${pageSize}&ids=${encodeURIComponent(ids)}`, { signal }),
    enabled: ids !== '',
    placeholderData: keepPreviousData,
    refetchInterval: refreshMs,
  });
  // Apart, since the rows on view come anew all the while one scrolls, and there may be ten thousand to put in order.
  const order = useMemo(() => known && holdOrder(known, head.data?.items ?? []), [known, head.data]);
  const held = useMemo(() => order && { ...order, rows: withLatest(order.rows, seen.data?.items) }, [order, seen.data]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages;
  return {
    /** undefined until the first page is known. */
    held,
    error: pages.error ?? head.error,
    refetch: pages.refetch,
    hasMore: hasNextPage && !isFetchingNextPage,
    onEnd: useCallback(() => void fetchNextPage(), [fetchNextPage]),
    /** First and last row on view. */
    onView: useCallback((first: number, last: number) => {
      const from = Math.floor(first / blockRows) * blockRows;
      const to = Math.ceil((last + 1) / blockRows) * blockRows;
      setView((before) => (before.from === from && before.to === to ? before : { from, to }));
    }, []),
    /** Reads the list anew, with what waits in its place. */
    letIn: () => queryClient.resetQueries({ queryKey: [notRead, name] }),
  };
}
