// What an empty list means: the filters match nothing, nothing has broken, or no run was ever sent.
import { Button, Paper, Skeleton, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useRuns } from '../api/queries.ts';
import { CopyBlock } from '../components/copy-block.tsx';
import { ErrorNotice } from '../components/error-notice.tsx';
import { RunList } from '../components/run-list.tsx';
import { useLocale } from '../locales/locale-context.tsx';
import { navigate } from '../navigation.tsx';
import { hasFilters, type IncidentFilters, incidentsPath, noFilters } from '../routes.ts';
import { firstRunCommands } from './first-run-commands.ts';

export function EmptyList({ filters }: { filters: IncidentFilters }) {
  return hasFilters(filters) ? <NoMatch /> : <NothingYet />;
}

function NoMatch() {
  const { t } = useLocale();
  return (
    <Notice title={t.noMatchTitle}>
      <Button variant="default" onClick={() => navigate(incidentsPath(noFilters))}>
        {t.clearFilters}
      </Button>
    </Notice>
  );
}

function NothingYet() {
  const { t } = useLocale();
  const { data, error, refetch } = useRuns();
  if (data === undefined) {
    return error ? (
      <ErrorNotice error={error} onRetry={() => refetch()} />
    ) : (
      <Skeleton height={220} aria-label={t.loading} />
    );
  }
  if (data.items.length > 0) {
    return (
      <Notice title={t.healthyTitle} text={t.healthyText}>
        <RunList runs={data.items.map((run) => ({ id: run.id, run }))} />
      </Notice>
    );
  }
  return (
    <Notice title={t.noRunsTitle} text={t.noRunsText}>
      <CopyBlock text={firstRunCommands(window.location.origin)} label={t.noRunsText} />
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
