// The incidents, newest sighting first, narrowed by filters that live in the address.
import { Button, Group, Paper, Skeleton, Stack } from '@mantine/core';
import { useIncidents } from '../api/queries.ts';
import { ErrorNotice } from '../components/error-notice.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { EmptyList } from '../incident-list/empty-list.tsx';
import { FilterBar } from '../incident-list/filter-bar.tsx';
import classes from '../incident-list/incident-row.module.css';
import { IncidentRow } from '../incident-list/incident-row.tsx';
import { useLocale } from '../locales/locale-context.tsx';
import type { IncidentFilters } from '../routes.ts';

export function IncidentListPage({ filters }: { filters: IncidentFilters }) {
  const { t } = useLocale();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useIncidents(filters);
  const incidents = data?.pages.flatMap((page) => page.items);
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="flex-end">
        <PageTitle>{t.incidents}</PageTitle>
        <FilterBar filters={filters} />
      </Group>
      {error && <ErrorNotice error={error} title={data && t.staleAnswer} onRetry={() => refetch()} />}
      {incidents === undefined && !error && <Skeleton height={220} aria-label={t.loading} />}
      {incidents?.length === 0 && <EmptyList filters={filters} />}
      {incidents !== undefined && incidents.length > 0 && (
        <Paper withBorder component="ul" className={classes.list}>
          {incidents.map((incident) => (
            <IncidentRow key={incident.id} incident={incident} />
          ))}
        </Paper>
      )}
      {hasNextPage && (
        <Button variant="default" loading={isFetchingNextPage} onClick={() => fetchNextPage()} mx="auto">
          {t.loadMore}
        </Button>
      )}
    </Stack>
  );
}
