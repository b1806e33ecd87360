// What an empty list means: the filters match nothing, nothing has broken, or no run was ever sent.
import { Button, Paper, Skeleton, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useRecentRuns } from '../api/run-queries.ts';
import { CopyBlock } from '../components/copy-block.tsx';
import { ErrorNotice } from '../components/error-notice.tsx';
import { RunList } from '../components/run-list.tsx';
import { type IncidentSearch, isNarrowed } from '../search/incidents.ts';
import { firstRunCommands } from './first-run-commands.ts';

export function EmptyList({ search, onClear }: { search: IncidentSearch; onClear: () => void }) {
  return isNarrowed(search) ? <NoMatch onClear={onClear} /> : <NothingYet />;
}

function NoMatch({ onClear }: { onClear: () => void }) {
  const { t } = useTranslation(['incidents', 'common']);
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
    return error ? (
      <ErrorNotice error={error} onRetry={() => refetch()} />
    ) : (
      <Skeleton height={220} aria-label={t('common:loading')} />
    );
  }
  if (data.items.length > 0) {
    return (
      <Notice title={t('healthyTitle')} text={t('healthyText')}>
        <RunList runs={data.items.map((run) => ({ id: run.id, run }))} />
      </Notice>
    );
  }
  return (
    <Notice title={t('noRunsTitle')} text={t('noRunsText')}>
      <CopyBlock text={firstRunCommands(window.location.origin)} label={t('noRunsText')} />
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
