// The incidents of a run as marks on its charts.
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { IncidentPage } from '../api/answers.ts';
import { useIncidentsOfRun } from '../api/run-queries.ts';
import type { IncidentMark } from '../charts/build-plot.ts';

export function useIncidentMarks(runId: string): IncidentMark[] {
  const { t } = useTranslation('common');
  const { data } = useIncidentsOfRun(runId);
  return useMemo(() => incidentMarks(data?.items ?? [], (step) => t('atStep', { step })), [data, t]);
}

/** One mark per incident, at the step at which it was first seen in the run; those without a step have none. */
export function incidentMarks(incidents: IncidentPage['items'], writeStep: (step: number) => string): IncidentMark[] {
  return incidents.flatMap(({ id, severity, title, first_step_in_run: step }) =>
    step == null ? [] : [{ id, severity, step, text: `${title} · ${writeStep(step)}` }],
  );
}
