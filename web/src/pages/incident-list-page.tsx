// The incidents, newest sighting first, narrowed by filters that live in the address.
import { Group, Paper, Skeleton, Stack } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useIncidents } from '../api/incident-queries.ts';
import { ErrorNotice } from '../components/error-notice.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { VirtualList } from '../components/virtual-list.tsx';
import { EmptyList } from '../incident-list/empty-list.tsx';
import { FilterBar } from '../incident-list/filter-bar.tsx';
import classes from '../incident-list/incident-row.module.css';
import { IncidentRow } from '../incident-list/incident-row.tsx';
import type { IncidentSearch } from '../search/incidents.ts';

const page = getRouteApi('/incidents');

export function IncidentListPage() {
  const { t } = useTranslation(['incidents', 'common']);
  const search = page.useSearch();
  const navigate = page.useNavigate();
  const change = useCallback(
    (next: IncidentSearch) => void navigate({ search: (before) => ({ ...before, ...next }), replace: true }),
    [navigate],
  );
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useIncidents(search);
  const incidents = data?.pages.flatMap((page) => page.items);
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="flex-end">
        <PageTitle>{t('common:pages.incidents')}</PageTitle>
        <FilterBar search={search} onChange={change} />
      </Group>
      {error && <ErrorNotice error={error} title={data && t('common:staleAnswer')} onRetry={() => refetch()} />}
      {incidents === undefined && !error && <Skeleton height={220} aria-label={t('common:loading')} />}
      {incidents?.length === 0 && <EmptyList search={search} onClear={() => void navigate({ search: {} })} />}
      {incidents !== undefined && incidents.length > 0 && (
        <Paper withBorder style={{ overflow: 'hidden' }}>
          <VirtualList
            items={incidents}
            keyOf={({ id }) => id}
            render={(incident) => <IncidentRow incident={incident} />}
            estimate={107}
            label={t('common:pages.incidents')}
            className={classes.list}
            rowClassName={classes.row}
            hasMore={hasNextPage && !isFetchingNextPage}
            onEnd={fetchNextPage}
          />
        </Paper>
      )}
    </Stack>
  );
}
