// Console output of a run: pages of one source by line number, and lines that hold a text.
import { keepPreviousData, useInfiniteQuery, useMutation, useQueries, useQuery } from '@tanstack/react-query';
import { useRefreshMs } from '../live/live-provider.tsx';
import { notRead } from '../live/touched-keys.ts';
import { stringifySearch } from '../search/params.ts';
import type { Incident, IncidentSummary, LogLine, LogPage } from './answers.ts';
import { unlessAbsent } from './refresh.ts';
import { runPath } from './run-queries.ts';
import { useApi } from './use-api.ts';

/** Lines of one page: what the API answers at most. */
export const linesPerPage = 100;

/** The sources of a run with their numbers of lines. */
export function useLogSources(runId: string) {
  const api = useApi();
  return useQuery({
    queryKey: ['run', runId, 'log-sources'],
    queryFn: async ({ signal }) => (await api<LogPage>(runPath(runId, '/logs?limit=1'), { signal })).sources,
    refetchInterval: unlessAbsent(useRefreshMs()),
  });
}

/** The lines of the pages that are asked for (page n holds lines n*100 to n*100+99), each page in its place. */
export function useLogPages(runId: string, source: string, pages: readonly number[], lines: number) {
  const api = useApi();
  const answers = useQueries({
    queries: pages.map((page) => ({
      // A page that was full stays as it is: its lines were written. The last one grows with the log.
      queryKey: ['log', runId, source, page, (page + 1) * linesPerPage <= lines ? 'full' : lines],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        api<LogPage>(
          runPath(runId, `/logs${stringifySearch({ source, line: page * linesPerPage, limit: linesPerPage })}`),
          { signal },
        ),
      staleTime: Number.POSITIVE_INFINITY,
      placeholderData: keepPreviousData,
    })),
  });
  const byNumber = new Map<number, LogLine>();
  for (const { data } of answers) for (const line of data?.items ?? []) byNumber.set(line.line, line);
  return { byNumber, error: answers.find(({ error }) => error)?.error ?? null };
}

export interface LogSearchFilter {
  source: string | undefined;
  q: string | undefined;
  unparsed: true | undefined;
}

/** The lines that a search finds, page after page, as they were when they were asked for: a line that was written stays as it is. */
export function useLogSearch(runId: string, filter: LogSearchFilter, enabled: boolean) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: [notRead, 'log-search', runId, filter],
    queryFn: ({ pageParam, signal }) =>
      api<LogPage>(runPath(runId, `/logs${stringifySearch({ ...filter, limit: linesPerPage, cursor: pageParam })}`), {
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    gcTime: 0,
    enabled,
  });
}

/** Pages of 8 MiB that a search for an incident's line looks through. */
const maxLooks = 50;

/**
 * Looks for the line of the console output that an incident tells of: its exception as it was printed, else the first line that decided its
 * class. Null when no line of the run holds it (a trace that was pushed, a failure seen in numbers).
 */
export function useFindIncidentLine(runId: string) {
  const api = useApi();
  return useMutation({
    mutationFn: async ({ id }: Pick<IncidentSummary, 'id'>): Promise<LogLine | null> => {
      const incident = await api<Incident>(`/v1/incidents/${encodeURIComponent(id)}`);
      for (const q of textsOfIncident(incident)) {
        let cursor: string | null = null;
        for (let looks = 0; looks < maxLooks; looks += 1) {
          const page: LogPage = await api(runPath(runId, `/logs${stringifySearch({ q, limit: 1, cursor })}`));
          if (page.items[0]) return page.items[0];
          if (page.next_cursor === null) break;
          cursor = page.next_cursor;
        }
      }
      return null;
    },
  });
}

/** What may stand in the console output, the most telling first; a search takes at most 200 characters. */
export function textsOfIncident({ exception, matched }: Pick<Incident, 'exception' | 'matched'>): string[] {
  const message = exception?.message.split('\n')[0]?.trim() ?? '';
  const type = exception?.type.split('.').at(-1) ?? '';
  const texts = [exception && `${type}: ${message}`, message, ...matched.map(({ text }) => text.trim())];
  return [...new Set(texts.flatMap((text) => (text && text.length >= 4 ? [text.slice(0, 200).trim()] : [])))].slice(
    0,
    5,
  );
}
