// A call that changes something, after which what it made old is asked for again.
import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query';
import type { Call } from './call-api.ts';
import { useApi } from './use-api.ts';

/** `make` says which call the given value becomes; answers to keys that begin with `queryKey` are old afterwards, also when it failed. */
export function useChange<V, T = unknown>(
  queryKey: QueryKey,
  make: (given: V) => [path: string, method: NonNullable<Call['method']>, body?: unknown],
) {
  const api = useApi();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (given: V) => {
      const [path, method, body] = make(given);
      return api<T>(path, body === undefined ? { method } : { method, body });
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey }),
  });
}
