// What an empty list means: the filters match nothing, nothing has broken, or no run was ever sent.
import { Button, Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useRecentRuns } from '../api/run-queries.ts';
import { ErrorNotice } from '../components/error-notice.tsx';
import { Loading } from '../components/loading.tsx';
import { RunList } from '../components/run-list.tsx';
import { FirstRun } from '../overview/first-run.tsx';
import { type IncidentSearch, isNarrowed } from '../search/incidents.ts';

export function EmptyList({ search, onClear }: { search: IncidentSearch; onClear: () => void }) {
  return isNarrowed(search) ? <NoMatch onClear={onClear} /> : <NothingYet />;
}

function NoMatch({ onClear }: { onClear: () => void }) {
  const { t } = useTranslation('incidents');
  return (
    <Notice title={t('noMatchTitle')}>
      <Button variant="default" onClick={onClear}>
        {t('clearFilters')}
      </Button>
    </Notice>
  );
}

function NothingYet() {
  const { t } = useTranslation(['incidents', 'common']);
  const { data, error, refetch } = useRecentRuns();
  if (data === undefined) {
    return error ? <ErrorNotice error={error} onRetry={() => refetch()} /> : <Loading height={220} />;
  }
  if (data.items.length === 0) return <FirstRun />;
  return (
    <Notice title={t('healthyTitle')} text={t('healthyText')}>
      <RunList runs={data.items.map((run) => ({ id: run.id, run }))} />
    </Notice>
  );
}

function Notice({ title, text, children }: { title: string; text?: string; children: ReactNode }) {
  return (
    <Paper withBorder p="xl">
      <Stack gap="md" maw={760} mx="auto">
        <Title order={2} size="h3">
          {title}
        </Title>
        {text && <Text c="dimmed">{text}</Text>}
        {children}
      </Stack>
    </Paper>
  );
}
