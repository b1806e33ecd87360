// The runs in which the failure was seen.
import { useTranslation } from 'react-i18next';
import { useRunsById } from '../api/run-queries.ts';
import { RunList } from '../components/run-list.tsx';
import { Section } from '../components/section.tsx';

export function IncidentRuns({ ids }: { ids: readonly string[] }) {
  const { t } = useTranslation();
  const runs = useRunsById(ids);
  return (
    <Section title={t('runs')}>
      <RunList runs={runs} />
    </Section>
  );
}
