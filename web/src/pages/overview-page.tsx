// How all runs do, at one look: what is open, what changed, which runs go on and how, and whether the service itself does its work.
import { Paper, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Overview } from '../api/answers.ts';
import { useOverview } from '../api/overview-queries.ts';
import { ErrorNotice } from '../components/error-notice.tsx';
import { Loading } from '../components/loading.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { Section } from '../components/section.tsx';
import { FirstRun } from '../overview/first-run.tsx';
import { IncidentClasses } from '../overview/incident-classes.tsx';
import { LatestIncidents } from '../overview/latest-incidents.tsx';
import classes from '../overview/overview.module.css';
import { RunTable } from '../overview/run-table.tsx';
import { Tiles } from '../overview/tiles.tsx';

export function OverviewPage() {
  const { t } = useTranslation(['overview', 'common']);
  const { data, error, refetch } = useOverview();
  return (
    <Stack gap="lg">
      <PageTitle>{t('common:pages.overview')}</PageTitle>
      {error && <ErrorNotice error={error} title={data && t('common:staleAnswer')} onRetry={() => refetch()} />}
      {data === undefined && !error && <Loading height={420} />}
      {data && <Content overview={data} />}
    </Stack>
  );
}

function Content({ overview }: { overview: Overview }) {
  const { t } = useTranslation('overview');
  // Who came to an empty service sees the first point light up before the page turns into the usual one.
  const [teaching] = useState(overview.runs.length === 0);
  if (teaching) return <FirstRun />;
  return (
    <>
      <Tiles overview={overview} />
      <div className={classes.columns}>
        <Section title={t('runs')}>
          <RunTable runs={overview.runs} />
        </Section>
        <Stack gap="lg">
          <Section title={t('latest')}>
            <LatestIncidents />
          </Section>
          {overview.incidents.by_class.length > 0 && (
            <Section title={t('byClass')}>
              <Paper withBorder p="md">
                <IncidentClasses entries={overview.incidents.by_class} />
              </Paper>
            </Section>
          )}
        </Stack>
      </div>
    </>
  );
}
