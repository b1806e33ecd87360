// What people do to an incident: state, owner, severity, mute, comments, feedback, merging.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type * as incidents from '../../../src/contracts/incidents.ts';
import type { Incident } from './answers.ts';
import { useApi } from './use-api.ts';

export type IncidentPatch = incidents.IncidentPatch;
export type BulkAnswer = incidents.IncidentBulkAnswer;

const pathOf = (id: string) => `/v1/incidents/${encodeURIComponent(id)}`;

/** Marks as old what a change of these incidents touches; resolves when what is shown has been asked for again. */
function useRefreshIncidents() {
  const queryClient = useQueryClient();
  return (ids: readonly string[]) =>
    Promise.all([
      ...ids.map((id) => queryClient.invalidateQueries({ queryKey: ['incident', id] })),
      queryClient.invalidateQueries({ queryKey: ['incidents'] }),
      queryClient.invalidateQueries({ queryKey: ['overview'] }),
    ]);
}

export function useChangeIncident(id: string) {
  const api = useApi();
  const refresh = useRefreshIncidents();
  return useMutation({
    mutationFn: (patch: IncidentPatch) => api<Incident>(pathOf(id), { method: 'PATCH', body: patch }),
    onSuccess: () => refresh([id]),
  });
}

export function useComment(id: string) {
  const api = useApi();
  const refresh = useRefreshIncidents();
  return useMutation({
    mutationFn: (text: string) => api<Incident>(`${pathOf(id)}/comments`, { method: 'POST', body: { text } }),
    onSuccess: () => refresh([id]),
  });
}

export function useFeedback(id: string, remediation: string) {
  const api = useApi();
  const refresh = useRefreshIncidents();
  return useMutation({
    mutationFn: (worked: boolean) =>
      api<Incident>(`${pathOf(id)}/remediations/${encodeURIComponent(remediation)}/feedback`, {
        method: 'POST',
        body: { worked },
      }),
    onSuccess: () => refresh([id]),
  });
}

/** Takes a merged incident out again. */
export function useUnmerge(id: string) {
  const api = useApi();
  const refresh = useRefreshIncidents();
  return useMutation({
    mutationFn: (from: string) => api<Incident>(`${pathOf(id)}/unmerge`, { method: 'POST', body: { from } }),
    onSuccess: () => refresh([id]),
  });
}

export function useMerge() {
  const api = useApi();
  const refresh = useRefreshIncidents();
  return useMutation({
    mutationFn: (merge: { into: string; from: string[] }) =>
      api<Incident>('/v1/incidents/merge', { method: 'POST', body: merge }),
    onSuccess: (_, { into, from }) => refresh([into, ...from]),
  });
}

/** Changes many alike; each is changed or refused by itself. */
export function useBulkChange() {
  const api = useApi();
  const refresh = useRefreshIncidents();
  return useMutation({
    mutationFn: (change: { ids: string[]; patch: IncidentPatch }) =>
      api<BulkAnswer>('/v1/incidents/bulk', { method: 'POST', body: change }),
    onSuccess: (_, { ids }) => refresh(ids),
  });
}
