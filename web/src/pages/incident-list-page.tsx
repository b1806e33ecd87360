// The incidents, newest sighting first: filters in the address, keys, a selection to act on, and news that wait to be let in.
import { Group, Paper, Stack, Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { IncidentSummary } from '../api/answers.ts';
import { type IncidentPatch, useBulkChange, useMerge } from '../api/incident-changes.ts';
import { useIncidentList } from '../api/incident-queries.ts';
import { useRole } from '../api/use-api.ts';
import { ErrorNotice } from '../components/error-notice.tsx';
import { Loading } from '../components/loading.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { useKeys } from '../components/use-keys.ts';
import { VirtualList } from '../components/virtual-list.tsx';
import { Waiting } from '../components/waiting.tsx';
import { BulkBar } from '../incident-list/bulk-bar.tsx';
import { EmptyList } from '../incident-list/empty-list.tsx';
import { FilterBar } from '../incident-list/filter-bar.tsx';
import { countFilters } from '../incident-list/filters.ts';
import classes from '../incident-list/incident-row.module.css';
import { IncidentRow } from '../incident-list/incident-row.tsx';
import { MoreFilters } from '../incident-list/more-filters.tsx';
import { moveActive } from '../incident-list/move-active.ts';
import { ViewTabs } from '../incident-list/view-tabs.tsx';
import type { IncidentSearch } from '../search/incidents.ts';
import { stringifySearch } from '../search/params.ts';

const page = getRouteApi('/incidents');
/** The API changes as many at once. */
const maxSelected = 100;

export function IncidentListPage() {
  const { t } = useTranslation(['incidents', 'common']);
  const search = page.useSearch();
  const navigate = page.useNavigate();
  const change = useCallback(
    (next: IncidentSearch) => void navigate({ search: (before) => ({ ...before, ...next }), replace: true }),
    [navigate],
  );
  const [open, setOpen] = useState(() => countFilters(search) > 0);
  const { held, error, refetch, letIn, ...rest } = useIncidentList(search);
  return (
    <Stack gap="sm">
      <Group justify="space-between" align="flex-end">
        <PageTitle>{t('common:pages.incidents')}</PageTitle>
        <FilterBar search={search} onChange={change} open={open} onOpen={setOpen} />
      </Group>
      {open && <MoreFilters search={search} onChange={change} />}
      <ViewTabs search={search} onChoose={(view) => void navigate({ search: view })} />
      {error && <ErrorNotice error={error} title={held && t('common:staleAnswer')} onRetry={() => refetch()} />}
      {held === undefined && !error && <Loading height={420} />}
      {held?.rows.length === 0 && <EmptyList search={search} onClear={() => void navigate({ search: {} })} />}
      {held !== undefined && held.rows.length > 0 && (
        <IncidentTable
          key={stringifySearch({ ...search })}
          rows={held.rows}
          waiting={held.waiting}
          onLetIn={letIn}
          {...rest}
        />
      )}
    </Stack>
  );
}

interface IncidentTableProps {
  rows: IncidentSummary[];
  waiting: number;
  onLetIn: () => Promise<void>;
  hasMore: boolean;
  onEnd: () => void;
  onView: (first: number, last: number) => void;
}

function IncidentTable({ rows, waiting, onLetIn, hasMore, onEnd, onView }: IncidentTableProps) {
  const { t } = useTranslation(['incidents', 'common']);
  const mayChange = useRole() === 'admin';
  const bulk = useBulkChange();
  const merge = useMerge();
  const [active, setActive] = useState<number | null>(null);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [muting, setMuting] = useState(false);
  const current = active === null ? undefined : rows[active];
  const targets = selected.size > 0 ? [...selected] : current ? [current.id] : [];
  const toggle = useCallback(
    (id: string) =>
      setSelected((before) => {
        const next = new Set(before);
        if (!next.delete(id) && next.size < maxSelected) next.add(id);
        return next;
      }),
    [],
  );
  const apply = (patch: IncidentPatch) => {
    if (targets.length === 0 || bulk.isPending || !mayChange) return;
    bulk.mutate({ ids: targets, patch }, { onSuccess: ({ failed }) => failed.length === 0 && setSelected(new Set()) });
  };
  useKeys({
    j: () => setActive(moveActive(active, 1, rows.length)),
    k: () => setActive(moveActive(active, -1, rows.length)),
    ...(mayChange && {
      a: () => apply({ state: 'acknowledged' }),
      r: () => apply({ state: 'resolved' }),
      x: () => current && toggle(current.id),
      m: () => {
        if (selected.size === 0 && current) toggle(current.id);
        if (targets.length > 0) setMuting(true);
      },
    }),
    Escape: () => setSelected(new Set()),
  });
  return (
    <>
      <Group justify="space-between" mih={28}>
        <Text size="xs" c="dimmed" className={classes.keys}>
          {t(mayChange ? 'keysOfAdmin' : 'keysOfReader')}
        </Text>
        <Waiting label={t('waiting', { count: waiting })} count={waiting} onLetIn={onLetIn} />
      </Group>
      <Paper withBorder style={{ overflow: 'hidden' }}>
        <VirtualList
          items={rows}
          render={(incident, index) => (
            <IncidentRow
              incident={incident}
              active={index === active}
              selected={mayChange ? selected.has(incident.id) : null}
              onSelect={toggle}
            />
          )}
          estimate={83}
          label={t('common:pages.incidents')}
          className={classes.list}
          rowClassName={classes.row}
          hasMore={hasMore}
          onEnd={onEnd}
          onView={onView}
          show={active}
        />
      </Paper>
      {selected.size > 0 && (
        <BulkBar
          count={selected.size}
          busy={bulk.isPending || merge.isPending}
          answer={bulk.data}
          error={bulk.error ?? merge.error}
          muting={muting}
          onMuting={setMuting}
          onChange={apply}
          onMerge={() => {
            const [into = '', ...from] = [...selected];
            merge.mutate({ into, from }, { onSuccess: () => void onLetIn() });
          }}
          onClear={() => setSelected(new Set())}
        />
      )}
    </>
  );
}
