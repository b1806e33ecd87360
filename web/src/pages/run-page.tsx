// One run: how it does, what broke in it, and its curves, captures, console output and configuration.
import { Stack, Tabs, Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunDetail } from '../api/answers.ts';
import { ApiError } from '../api/call-api.ts';
import { useRun } from '../api/run-queries.ts';
import { ErrorNotice } from '../components/error-notice.tsx';
import { Loading } from '../components/loading.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { RouteLink } from '../components/route-link.tsx';
import { RunHeader } from '../run/run-header.tsx';
import { type RunSearch, type RunTab, runTabs } from '../search/run.ts';

const page = getRouteApi('/runs/$id');

// Most come for the charts: their code comes while the run is asked for.
const charts = import('../run/charts-tab.tsx');
const ChartsTab = lazy(() => charts.then(({ ChartsTab: component }) => ({ default: component })));
const CapturesTab = lazy(() =>
  import('../run/captures-tab.tsx').then(({ CapturesTab: component }) => ({ default: component })),
);
const LogTab = lazy(() => import('../run/log-tab.tsx').then(({ LogTab: component }) => ({ default: component })));
const ConfigTab = lazy(() =>
  import('../run/config-tab.tsx').then(({ ConfigTab: component }) => ({ default: component })),
);

export function RunPage() {
  const { id } = page.useParams();
  const { t } = useTranslation(['run', 'common']);
  const { data, error, refetch } = useRun(id);
  return (
    <Stack gap="lg">
      <RouteLink to="/runs" size="sm">
        ← {t('allRuns')}
      </RouteLink>
      {error && <FetchProblem error={error} stale={data !== undefined} onRetry={() => refetch()} />}
      {data && <OneRun key={id} run={data} />}
      {!data && !error && <Loading height={420} />}
    </Stack>
  );
}

function FetchProblem({ error, stale, onRetry }: { error: Error; stale: boolean; onRetry: () => void }) {
  const { t } = useTranslation(['run', 'common']);
  if (error instanceof ApiError && error.status === 404 && !stale) {
    return (
      <Stack gap="xs">
        <PageTitle>{t('notFoundTitle')}</PageTitle>
        <Text c="dimmed">{t('notFoundText')}</Text>
      </Stack>
    );
  }
  return <ErrorNotice error={error} title={stale ? t('common:staleAnswer') : undefined} onRetry={onRetry} />;
}

function OneRun({ run }: { run: RunDetail }) {
  const { t } = useTranslation(['run', 'common']);
  const search = page.useSearch();
  const navigate = page.useNavigate();
  const change = useCallback(
    (next: RunSearch, { replace = true } = {}) =>
      void navigate({ search: (before) => ({ ...before, ...next }), replace, resetScroll: false }),
    [navigate],
  );
  const tab = search.tab ?? 'charts';
  const props = { run, search, change };
  return (
    <>
      <RunHeader run={run} />
      <Tabs
        value={tab}
        onChange={(value) => change({ tab: value === 'charts' ? undefined : (value as RunTab) }, { replace: false })}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          {runTabs.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`tabs.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Suspense fallback={<Loading height={360} />}>
          <Tabs.Panel value="charts">
            <ChartsTab {...props} />
          </Tabs.Panel>
          <Tabs.Panel value="captures">
            <CapturesTab {...props} />
          </Tabs.Panel>
          <Tabs.Panel value="log">
            <LogTab {...props} />
          </Tabs.Panel>
          <Tabs.Panel value="config">
            <ConfigTab {...props} />
          </Tabs.Panel>
        </Suspense>
      </Tabs>
    </>
  );
}
