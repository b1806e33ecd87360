// A diagnosis of what belongs to no run, and keeping it in one when that is asked for.
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import type { CaptureDiagnosis } from '../../../src/contracts/analysis.ts';
import type { DiagnoseRequest, DiagnosisAnswer } from '../../../src/contracts/diagnosis.ts';
import { useLocale } from '../i18n/i18n.ts';
import { stringifySearch } from '../search/params.ts';
import { runPath } from './run-queries.ts';
import { useApi } from './use-api.ts';

/** A text to diagnose, or a safetensors file with the query that goes with it. */
export type Question =
  | { kind: 'text'; request: DiagnoseRequest }
  | { kind: 'capture'; bytes: Blob; query: Record<string, string | undefined> };

/** The number is what tells two questions apart: they may have megabytes. */
export interface Asked {
  number: number;
  question: Question;
}

export interface Verdict {
  /** null: nothing is wrong with the tensors. */
  diagnosis: DiagnosisAnswer | null;
  /** What re-computation established; null for a text. */
  capture: Pick<CaptureDiagnosis, 'analysis' | 'facts'> | null;
}

/** The diagnosis of a text or of tensors, asked for once; null asks for nothing. In another language it is asked for again. */
export function useDiagnosis(asked: Asked | null) {
  const api = useApi();
  const { locale } = useLocale();
  return useQuery({
    queryKey: ['diagnosis', locale, asked?.number ?? null],
    queryFn: async ({ signal }): Promise<Verdict | null> => {
      const question = asked?.question;
      if (question?.kind === 'capture') {
        const path = `/v1/diagnose/capture${stringifySearch(question.query)}`;
        const { diagnosis, ...capture } = await api<CaptureDiagnosis>(path, {
          method: 'POST',
          body: question.bytes,
          signal,
        });
        return { diagnosis, capture };
      }
      const diagnosis = await api<DiagnosisAnswer>('/v1/diagnose', { method: 'POST', body: question?.request, signal });
      return { diagnosis, capture: null };
    },
    enabled: asked !== null,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
}

/** Stores what was diagnosed in a run, which is made when it is not there. */
export function useKeepInRun() {
  const api = useApi();
  return useMutation({
    mutationFn: async ({ run, question }: { run: string; question: Question }) => {
      await api('/v1/runs', { method: 'POST', body: { id: run, name: run } });
      if (question.kind === 'capture') {
        await api(runPath(run, '/captures'), { method: 'POST', body: question.bytes });
      } else {
        const text = new Blob([question.request.text], { type: 'text/plain' });
        await api(runPath(run, '/logs?source=diagnosed'), { method: 'POST', body: text });
      }
      return run;
    },
  });
}
