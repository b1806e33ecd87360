// A diagnosis of what belongs to no run.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { DiagnoseRequest, DiagnosisAnswer } from '../../../src/contracts/diagnosis.ts';
import { useLocale } from '../i18n/i18n.ts';
import { useApi } from './use-api.ts';

/** A text to diagnose. The number is what tells two of them apart: texts may have megabytes. */
export interface Asked {
  number: number;
  request: DiagnoseRequest;
}

/** The diagnosis of a text, asked for once; null asks for nothing. In another language it is asked for again. */
export function useDiagnosis(asked: Asked | null) {
  const api = useApi();
  const { locale } = useLocale();
  return useQuery({
    queryKey: ['diagnosis', locale, asked?.number ?? null],
    queryFn: ({ signal }) => api<DiagnosisAnswer>('/v1/diagnose', { method: 'POST', body: asked?.request, signal }),
    enabled: asked !== null,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
}
