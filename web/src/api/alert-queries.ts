// Endpoints of alerts, the channels they speak, and what was delivered to them.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { Static } from 'typebox';
import type { Locale } from '../../../src/contracts/common.ts';
import type * as webhooks from '../../../src/contracts/webhooks.ts';
import { useLocale } from '../i18n/i18n.ts';
import { stringifySearch } from '../search/params.ts';
import { useApi, useRole } from './use-api.ts';
import { useChange } from './use-change.ts';

export type Webhook = webhooks.Webhook;
export type WebhookEvent = webhooks.WebhookEvent;
export type Channel = Static<typeof webhooks.ChannelAnswer>;
export type Delivery = webhooks.Delivery;
type WebhookPage = Static<typeof webhooks.WebhookPage>;
type WebhookWithSecret = Static<typeof webhooks.WebhookWithSecret>;

const pathOf = (id: string) => `/v1/webhooks/${encodeURIComponent(id)}`;
const deliveryPath = (id: string, delivery: string) => `${pathOf(id)}/deliveries/${encodeURIComponent(delivery)}`;

/** For admins: an address is often a secret. */
export function useEndpoints() {
  const api = useApi();
  const enabled = useRole() === 'admin';
  return useQuery({
    queryKey: ['webhooks'],
    queryFn: ({ signal }) => api<WebhookPage>('/v1/webhooks?limit=100', { signal }),
    refetchInterval: 15_000,
    enabled,
  });
}

export function useChannels() {
  const api = useApi();
  const { locale } = useLocale();
  return useQuery({
    queryKey: ['channels', locale],
    queryFn: ({ signal }) => api<Static<typeof webhooks.ChannelList>>('/v1/channels', { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The newest first, page by page. */
export function useDeliveries(id: string) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: ['webhooks', id, 'deliveries'],
    queryFn: ({ signal, pageParam: cursor }) =>
      api<Static<typeof webhooks.DeliveryPage>>(`${pathOf(id)}/deliveries${stringifySearch({ limit: 20, cursor })}`, {
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    refetchInterval: 3_000,
  });
}

/** One delivery with the request that it is. */
export function useDelivery(id: string, delivery: string, shown: boolean) {
  const api = useApi();
  return useQuery({
    queryKey: ['webhooks', id, 'delivery', delivery],
    queryFn: ({ signal }) => api<Static<typeof webhooks.DeliveryDetail>>(deliveryPath(id, delivery), { signal }),
    enabled: shown,
  });
}

const useEndpointChange = <V, T = unknown>(make: Parameters<typeof useChange<V, T>>[1]) =>
  useChange<V, T>(['webhooks'], make);

export const useCreateEndpoint = () =>
  useEndpointChange<webhooks.WebhookCreate, WebhookWithSecret>((endpoint) => ['/v1/webhooks', 'POST', endpoint]);
export const useChangeEndpoint = (id: string) =>
  useEndpointChange<webhooks.WebhookPatch>((patch) => [pathOf(id), 'PATCH', patch]);
export const useDeleteEndpoint = (id: string) => useEndpointChange<void>(() => [pathOf(id), 'DELETE']);
export const useTestEndpoint = (id: string) => useEndpointChange<void>(() => [`${pathOf(id)}/test`, 'POST', {}]);
export const useRotateSecret = (id: string) =>
  useEndpointChange<Static<typeof webhooks.SecretRotation>, WebhookWithSecret>((rotation) => [
    `${pathOf(id)}/rotate-secret`,
    'POST',
    rotation,
  ]);
export const useRecover = (id: string) =>
  useEndpointChange<string, Static<typeof webhooks.RecoverReceipt>>((since) => [
    `${pathOf(id)}/recover`,
    'POST',
    { since },
  ]);
export const useRedeliver = (id: string) =>
  useEndpointChange<string>((delivery) => [`${deliveryPath(id, delivery)}/redeliver`, 'POST', {}]);

/** A message as this channel would send it, in one language. */
export function usePreview(
  format: webhooks.WebhookFormat,
  settings: Record<string, unknown>,
  locale: Locale,
  shown: boolean,
) {
  const api = useApi();
  return useQuery({
    queryKey: ['preview', format, locale, settings],
    queryFn: ({ signal }) =>
      api<Static<typeof webhooks.Preview>>('/v1/webhooks/preview', {
        method: 'POST',
        body: { format, settings, locale },
        signal,
      }),
    enabled: shown,
    placeholderData: (previous) => previous,
  });
}
