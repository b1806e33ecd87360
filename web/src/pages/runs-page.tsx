// All runs as a table that is searched, narrowed and scrolled, the last heard of first.
import { Group, NativeSelect, Paper, Stack, Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { runStatuses } from '../api/closed-lists.ts';
import { useRunList } from '../api/run-queries.ts';
import { ErrorNotice } from '../components/error-notice.tsx';
import { Loading } from '../components/loading.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { SearchField } from '../components/search-field.tsx';
import { VirtualTable } from '../components/virtual-list.tsx';
import { Waiting } from '../components/waiting.tsx';
import { FirstRun } from '../overview/first-run.tsx';
import classes from '../runs/run-row.module.css';
import { RunRow, RunsHead } from '../runs/run-row.tsx';
import { readChoice } from '../search/params.ts';
import type { RunsSearch } from '../search/runs.ts';

const page = getRouteApi('/runs');

export function RunsPage() {
  const { t } = useTranslation(['runs', 'common']);
  const search = page.useSearch();
  const navigate = page.useNavigate();
  const change = useCallback(
    (next: RunsSearch) => void navigate({ search: (before) => ({ ...before, ...next }), replace: true }),
    [navigate],
  );
  const { held, error, refetch, letIn, ...rest } = useRunList(search);
  const runs = held?.rows;
  const narrowed = Object.values(search).some((value) => value !== undefined);
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="flex-end">
        <PageTitle>{t('common:pages.runs')}</PageTitle>
        <Group component="search" gap="sm" align="flex-end">
          <NativeSelect
            label={t('status')}
            value={search.status ?? ''}
            onChange={(event) => change({ status: readChoice(runStatuses, event.currentTarget.value) })}
            data={[
              { value: '', label: t('any') },
              ...runStatuses.map((value) => ({ value, label: t(`common:runStatus.${value}`) })),
            ]}
          />
          <SearchField
            label={t('search')}
            placeholder={t('searchHint')}
            q={search.q ?? ''}
            onSearch={(q) => change({ q: q === '' ? undefined : q })}
          />
        </Group>
      </Group>
      {error && <ErrorNotice error={error} title={held && t('common:staleAnswer')} onRetry={() => refetch()} />}
      {runs === undefined && !error && <Loading height={320} />}
      {runs?.length === 0 && (narrowed ? <Text c="dimmed">{t('noMatch')}</Text> : <FirstRun />)}
      {held !== undefined && (
        <Waiting label={t('waiting', { count: held.waiting })} count={held.waiting} onLetIn={letIn} />
      )}
      {runs !== undefined && runs.length > 0 && (
        <Paper withBorder style={{ overflow: 'hidden' }}>
          <VirtualTable
            label={t('common:pages.runs')}
            items={runs}
            head={<RunsHead />}
            render={(run) => <RunRow run={run} />}
            estimate={53}
            rowClassName={classes.row}
            {...rest}
          />
        </Paper>
      )}
    </Stack>
  );
}
