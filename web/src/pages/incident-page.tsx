// One incident: the verdict first, then why, then what to do about it.
import { Grid, Paper, Skeleton, Stack, Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Incident } from '../api/answers.ts';
import { ApiError } from '../api/call-api.ts';
import { useIncident } from '../api/incident-queries.ts';
import { ErrorNotice } from '../components/error-notice.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { RouteLink } from '../components/route-link.tsx';
import { Causes } from '../incident/causes.tsx';
import { Evidence } from '../incident/evidence.tsx';
import { Grouping } from '../incident/grouping.tsx';
import { IncidentRuns } from '../incident/incident-runs.tsx';
import { Reasoning } from '../incident/reasoning.tsx';
import { Remediations } from '../incident/remediations.tsx';
import { Timeline } from '../incident/timeline.tsx';
import { Traceback } from '../incident/traceback.tsx';
import { Verdict } from '../incident/verdict.tsx';

const page = getRouteApi('/incidents/$id');

export function IncidentPage() {
  const { id } = page.useParams();
  return <OneIncident key={id} id={id} />;
}

function OneIncident({ id }: { id: string }) {
  const { t } = useTranslation(['incident', 'common']);
  const { data, error, refetch } = useIncident(id);
  return (
    <Stack gap="lg">
      <RouteLink to="/incidents" size="sm">
        ← {t('allIncidents')}
      </RouteLink>
      {error && <FetchProblem error={error} stale={data !== undefined} onRetry={() => refetch()} />}
      {data && <IncidentStory incident={data} />}
      {!data && !error && <Skeleton height={300} aria-label={t('common:loading')} />}
    </Stack>
  );
}

function FetchProblem({ error, stale, onRetry }: { error: Error; stale: boolean; onRetry: () => void }) {
  const { t } = useTranslation(['incident', 'common']);
  if (error instanceof ApiError && error.status === 404 && !stale) {
    return (
      <Stack gap="xs">
        <PageTitle>{t('incidentNotFoundTitle')}</PageTitle>
        <Text c="dimmed">{t('incidentNotFoundText')}</Text>
      </Stack>
    );
  }
  return <ErrorNotice error={error} title={stale ? t('common:staleAnswer') : undefined} onRetry={onRetry} />;
}

function IncidentStory({ incident }: { incident: Incident }) {
  return (
    <>
      <Verdict incident={incident} />
      <Causes causes={incident.causes} />
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Stack gap="lg">
            <Evidence items={incident.evidence} nameRun={incident.runs.length > 1} />
            <Traceback exception={incident.exception} matched={incident.matched} />
            <Reasoning rules={incident.rules} alternatives={incident.alternatives} />
            <Remediations remediations={incident.remediations} causes={incident.causes} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Paper withBorder p="lg">
            <Stack gap="xl">
              <IncidentRuns ids={incident.runs} />
              <Timeline entries={incident.timeline} />
              <Grouping incident={incident} />
            </Stack>
          </Paper>
        </Grid.Col>
      </Grid>
    </>
  );
}
