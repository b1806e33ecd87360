// What works and what waits.
import { useQuery } from '@tanstack/react-query';
import type { Readiness, System } from './answers.ts';
import { useApi } from './use-api.ts';

const readinessMs = 30_000;
const systemMs = 5_000;

export function useReadiness() {
  const api = useApi();
  return useQuery({
    queryKey: ['readiness'],
    // 503 tells what is not ready; it is an answer, not a failure.
    queryFn: ({ signal }) => api<Readiness>('/readyz', { signal, accept: [503] }),
    refetchInterval: readinessMs,
  });
}

export function useSystem() {
  const api = useApi();
  return useQuery({
    queryKey: ['system'],
    queryFn: ({ signal }) => api<System>('/v1/system', { signal }),
    refetchInterval: systemMs,
  });
}
