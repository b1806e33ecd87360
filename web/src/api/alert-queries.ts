// Endpoints of alerts, the channels they speak, and what was delivered to them.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Static } from 'typebox';
import type { Locale } from '../../../src/contracts/common.ts';
import type * as webhooks from '../../../src/contracts/webhooks.ts';
import { useLocale } from '../i18n/i18n.ts';
import { useApi } from './use-api.ts';

export type Webhook = webhooks.Webhook;
export type Channel = Static<typeof webhooks.ChannelAnswer>;
export type Delivery = webhooks.Delivery;
type WebhookPage = Static<typeof webhooks.WebhookPage>;
type WebhookWithSecret = Static<typeof webhooks.WebhookWithSecret>;

const pathOf = (id: string) => `/v1/webhooks/${encodeURIComponent(id)}`;

export function useEndpoints() {
  const api = useApi();
  return useQuery({
    queryKey: ['webhooks'],
    queryFn: ({ signal }) => api<WebhookPage>('/v1/webhooks?limit=100', { signal }),
    refetchInterval: 15_000,
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

export function useDeliveries(id: string) {
  const api = useApi();
  return useQuery({
    queryKey: ['webhooks', id, 'deliveries'],
    queryFn: ({ signal }) => api<Static<typeof webhooks.DeliveryPage>>(`${pathOf(id)}/deliveries?limit=50`, { signal }),
    refetchInterval: 3_000,
  });
}

/** A change of endpoints: `make` says which call it is. */
function useEndpointCall<V, T = unknown>(
  make: (given: V) => [path: string, method: 'POST' | 'PATCH' | 'DELETE', body?: unknown],
) {
  const api = useApi();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (given: V) => {
      const [path, method, body] = make(given);
      return api<T>(path, body === undefined ? { method } : { method, body });
    },
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['webhooks'] }),
  });
}

export const useCreateEndpoint = () =>
  useEndpointCall<webhooks.WebhookCreate, WebhookWithSecret>((endpoint) => ['/v1/webhooks', 'POST', endpoint]);
export const useChangeEndpoint = (id: string) =>
  useEndpointCall<webhooks.WebhookPatch>((patch) => [pathOf(id), 'PATCH', patch]);
export const useDeleteEndpoint = (id: string) => useEndpointCall<void>(() => [pathOf(id), 'DELETE']);
export const useTestEndpoint = (id: string) => useEndpointCall<void>(() => [`${pathOf(id)}/test`, 'POST', {}]);
export const useRedeliver = (id: string) =>
  useEndpointCall<string>((delivery) => [
    `${pathOf(id)}/deliveries/${encodeURIComponent(delivery)}/redeliver`,
    'POST',
    {},
  ]);

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
