// The runs in which the failure was seen.
import { useRunsById } from '../api/queries.ts';
import { RunList } from '../components/run-list.tsx';
import { Section } from '../components/section.tsx';
import { useLocale } from '../locales/locale-context.tsx';

export function IncidentRuns({ ids }: { ids: readonly string[] }) {
  const { t } = useLocale();
  const runs = useRunsById(ids);
  return (
    <Section title={t.runs}>
      <RunList runs={runs} />
    </Section>
  );
}
