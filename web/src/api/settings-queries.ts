// What an admin sets: projects and tokens; and the catalogue of failure classes.
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Static } from 'typebox';
import type * as detectors from '../../../src/contracts/detectors.ts';
import type * as diagnosis from '../../../src/contracts/diagnosis.ts';
import type * as projects from '../../../src/contracts/projects.ts';
import type * as tokens from '../../../src/contracts/tokens.ts';
import { useLocale } from '../i18n/i18n.ts';
import { useApi } from './use-api.ts';

export type Project = projects.Project;
export type Token = tokens.Token;

export function useProjects() {
  const api = useApi();
  return useQuery({
    queryKey: ['projects'],
    queryFn: ({ signal }) => api<Static<typeof projects.ProjectPage>>('/v1/projects?limit=100', { signal }),
  });
}

export function useChangeProject(id: string) {
  const api = useApi();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (patch: projects.ProjectPatch) =>
      api<Project>(`/v1/projects/${encodeURIComponent(id)}`, { method: 'PATCH', body: patch }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['projects'] }),
  });
}

/** The detectors there are, with what can be set of each, in the reader's language. */
export function useDetectors() {
  const api = useApi();
  const { locale } = useLocale();
  return useQuery({
    queryKey: ['detectors', locale],
    queryFn: ({ signal }) => api<Static<typeof detectors.DetectorPage>>('/v1/detectors', { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });
}

/** What detectors with these options would have found in a past run; nothing is stored. */
export function useDryRun() {
  const api = useApi();
  return useMutation({
    mutationFn: ({ run, options }: { run: string; options: detectors.DetectorOptions }) =>
      api<detectors.DryRunAnswer>(`/v1/runs/${encodeURIComponent(run)}/dry_run`, {
        method: 'POST',
        body: { detectors: options },
      }),
  });
}

export function useTokens() {
  const api = useApi();
  return useQuery({
    queryKey: ['tokens'],
    queryFn: ({ signal }) => api<Static<typeof tokens.TokenPage>>('/v1/tokens?limit=100', { signal }),
  });
}

export function useCreateToken() {
  const api = useApi();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (token: tokens.TokenCreate) =>
      api<Static<typeof tokens.TokenCreated>>('/v1/tokens', { method: 'POST', body: token }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['tokens'] }),
  });
}

export function useRevokeToken() {
  const api = useApi();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api<undefined>(`/v1/tokens/${encodeURIComponent(id)}`, { method: 'DELETE' }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['tokens'] }),
  });
}

export function useFailureClasses() {
  const api = useApi();
  const { locale } = useLocale();
  return useQuery({
    queryKey: ['failure-classes', locale],
    queryFn: ({ signal }) => api<Static<typeof diagnosis.FailureClassList>>('/v1/failure-classes', { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
