// Who is told of what and when: routes, silences, maintenance windows; and what was decided about one incident.
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Static } from 'typebox';
import type * as alerts from '../../../src/contracts/alerts.ts';
import { useLocale } from '../i18n/i18n.ts';
import { useRefreshMs } from '../live/live-provider.tsx';
import { stringifySearch } from '../search/params.ts';
import { useApi } from './use-api.ts';
import { useChange } from './use-change.ts';

export type AlertRoute = alerts.AlertRoute;
export type AlertRouteCreate = alerts.AlertRouteCreate;
/** Which place a route has among the others. */
export type RoutePlace = Pick<AlertRoute, 'id' | 'position'>;
export type Matcher = alerts.Matcher;
export type RoutePreviewRequest = alerts.RoutePreviewRequest;
export type RoutePreviewAnswer = alerts.RoutePreviewAnswer;
export type Silence = alerts.Silence;
export type SilenceStatus = Silence['status'];
export type SilenceCreate = Static<typeof alerts.SilenceCreate>;
export type MaintenanceWindow = alerts.MaintenanceWindow;
export type MaintenanceWindowCreate = Static<typeof alerts.MaintenanceWindowCreate>;
export type IncidentDeliveries = Static<typeof alerts.IncidentDeliveries>;

const at = (path: string, id: string) => `${path}/${encodeURIComponent(id)}`;

export function useRoutes() {
  const api = useApi();
  return useQuery({
    queryKey: ['routes'],
    queryFn: ({ signal }) => api<Static<typeof alerts.AlertRoutePage>>('/v1/routes', { signal }),
    refetchInterval: useRefreshMs(),
  });
}

/** `id` null: a new one. */
export const useSaveRoute = (id: string | null) =>
  useChange<AlertRouteCreate>(['routes'], (route) =>
    id === null ? ['/v1/routes', 'POST', route] : [at('/v1/routes', id), 'PATCH', route],
  );
export const useDeleteRoute = (id: string) => useChange<void>(['routes'], () => [at('/v1/routes', id), 'DELETE']);

/** Gives routes their new places, one after the other. */
export function useReorderRoutes() {
  const api = useApi();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (changes: readonly RoutePlace[]) => {
      for (const { id, position } of changes) await api(at('/v1/routes', id), { method: 'PATCH', body: { position } });
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['routes'] }),
  });
}

/** Where an incident would go, asked for once `asked` is there, and again when a route changes. */
export function useRoutePreview(asked: alerts.RoutePreviewRequest | null) {
  const api = useApi();
  const { locale } = useLocale();
  return useQuery({
    queryKey: ['routes', 'preview', locale, asked],
    queryFn: ({ signal }) =>
      api<alerts.RoutePreviewAnswer>('/v1/routes/preview', { method: 'POST', body: asked, signal }),
    enabled: asked !== null,
    placeholderData: keepPreviousData,
  });
}

/** Silences of one status, the newest first, page by page. */
export function useSilences(status: SilenceStatus) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: ['silences', status],
    queryFn: ({ signal, pageParam: cursor }) =>
      api<Static<typeof alerts.SilencePage>>(`/v1/silences${stringifySearch({ status, limit: 20, cursor })}`, {
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    refetchInterval: useRefreshMs(),
  });
}

export const useCreateSilence = () =>
  useChange<SilenceCreate>(['silences'], (silence) => ['/v1/silences', 'POST', silence]);
export const useEndSilence = (id: string) => useChange<void>(['silences'], () => [at('/v1/silences', id), 'DELETE']);

const windowsPath = '/v1/maintenance-windows';

export function useMaintenanceWindows() {
  const api = useApi();
  return useQuery({
    queryKey: ['maintenance-windows'],
    queryFn: ({ signal }) => api<Static<typeof alerts.MaintenanceWindowPage>>(`${windowsPath}?limit=100`, { signal }),
    refetchInterval: useRefreshMs(),
  });
}

/** `id` null: a new one. */
export const useSaveWindow = (id: string | null) =>
  useChange<MaintenanceWindowCreate>(['maintenance-windows'], (window) =>
    id === null ? [windowsPath, 'POST', window] : [at(windowsPath, id), 'PATCH', window],
  );
export const useDeleteWindow = (id: string) =>
  useChange<void>(['maintenance-windows'], () => [at(windowsPath, id), 'DELETE']);

/** What was told of an incident, to whom, and why or why not. */
export function useIncidentDeliveries(id: string) {
  const api = useApi();
  const { locale } = useLocale();
  const refreshMs = useRefreshMs();
  return useQuery({
    queryKey: ['incident', id, 'deliveries', locale],
    queryFn: ({ signal }) => api<IncidentDeliveries>(`${at('/v1/incidents', id)}/deliveries`, { signal }),
    // No event tells of an attempt.
    refetchInterval: ({ state }) =>
      state.data?.items.some(({ status }) => status === 'pending') ? 5_000 : Math.min(refreshMs, 15_000),
  });
}
