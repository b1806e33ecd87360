// Endpoints by a name that tells them apart without showing the secret part of their address.
import { useEndpoints, type Webhook } from '../api/alert-queries.ts';

export function endpointName({ format, url }: Pick<Webhook, 'format' | 'url'>): string {
  const place = url.startsWith('mailto:') ? url.slice('mailto:'.length) : URL.parse(url)?.host;
  return `${format} · ${place ?? url}`;
}

/** The name of an endpoint by its id; the id itself where the reader may not see endpoints, or it is gone. */
export function useEndpointNames(): (id: string) => string {
  const { data } = useEndpoints();
  const names = new Map(data?.items.map((endpoint) => [endpoint.id, endpointName(endpoint)]));
  return (id) => names.get(id) ?? id;
}

/** For a field that chooses among endpoints: two of one host are told apart by their ids. */
export function useEndpointChoices(): { value: string; label: string }[] {
  const { data } = useEndpoints();
  const items = data?.items ?? [];
  const names = items.map(endpointName);
  return items.map(({ id }, index) => {
    const label = names[index] ?? id;
    return { value: id, label: names.indexOf(label) === names.lastIndexOf(label) ? label : `${label} (${id})` };
  });
}
