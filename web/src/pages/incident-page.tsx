// One incident: the verdict first, then the evidence to be seen, the causes, what to do about it, and who did what.
import { Paper, Select, Stack, Text, Title } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Incident } from '../api/answers.ts';
import { ApiError } from '../api/call-api.ts';
import { useIncident } from '../api/incident-queries.ts';
import { ErrorNotice } from '../components/error-notice.tsx';
import { PageSkeleton } from '../components/page-skeleton.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { RouteLink } from '../components/route-link.tsx';
import { Section } from '../components/section.tsx';
import { CaptureEvidence } from '../incident/capture-evidence.tsx';
import { Causes } from '../incident/causes.tsx';
import { LastGoodRun } from '../incident/comparison.tsx';
import { Deliveries } from '../incident/deliveries.tsx';
import { EnvironmentCheck } from '../incident/environment.tsx';
import { Evidence } from '../incident/evidence.tsx';
import { planRunEvidence, runsWithEvidence } from '../incident/evidence-plan.ts';
import { Grouping } from '../incident/grouping.tsx';
import { IncidentRuns } from '../incident/incident-runs.tsx';
import { LossAroundOnset } from '../incident/loss-around-onset.tsx';
import { Reasoning } from '../incident/reasoning.tsx';
import { Remediations } from '../incident/remediations.tsx';
import { Similar } from '../incident/similar.tsx';
import { Timeline } from '../incident/timeline.tsx';
import { Traces } from '../incident/traces.tsx';
import { Verdict } from '../incident/verdict.tsx';
import classes from './incident-page.module.css';

const page = getRouteApi('/incidents/$id');

export function IncidentPage() {
  const { id } = page.useParams();
  return <OneIncident key={id} id={id} />;
}

function OneIncident({ id }: { id: string }) {
  const { t } = useTranslation(['incident', 'common']);
  const { data, error, refetch } = useIncident(id);
  return (
    <Stack gap="md">
      <RouteLink to="/incidents" size="sm" w="max-content">
        ← {t('allIncidents')}
      </RouteLink>
      {error && <FetchProblem error={error} stale={data !== undefined} onRetry={() => refetch()} />}
      {data && <IncidentStory incident={data} />}
      {!data && !error && <PageSkeleton />}
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
      <div className={classes.columns}>
        <Stack gap="xl" miw={0}>
          <EvidenceToSee incident={incident} />
          <Causes causes={incident.causes} />
          <Remediations remediations={incident.remediations} causes={incident.causes} incidentId={incident.id} />
          <Reasoning rules={incident.rules} alternatives={incident.alternatives} />
        </Stack>
        <Stack gap="xl" miw={0} component="aside">
          <Timeline incident={incident} />
          <Deliveries id={incident.id} />
          <IncidentRuns ids={incident.runs} />
          <Similar id={incident.id} />
          <Grouping incident={incident} />
        </Stack>
      </div>
    </>
  );
}

/** The evidence of one run at a time, as pictures first and as sentences below. */
function EvidenceToSee({ incident }: { incident: Incident }) {
  const { t } = useTranslation('incident');
  const runs = runsWithEvidence(incident);
  const [chosen, setChosen] = useState<string | null>(null);
  const run = chosen !== null && runs.includes(chosen) ? chosen : runs[0];
  if (run === undefined) return null;
  const plan = planRunEvidence(incident, run);
  const hasTrace = incident.exception !== null || incident.matched.length > 0;
  return (
    <Section title={t('evidence')}>
      {runs.length > 1 && (
        <Select
          label={t('evidenceOfRun')}
          data={runs}
          value={run}
          onChange={setChosen}
          allowDeselect={false}
          maw={420}
        />
      )}
      <Part title={t('part.metrics')}>
        <LossAroundOnset key={run} evidence={plan} sentences={incident.evidence} />
      </Part>
      {plan.captures.length > 0 && (
        <Part title={t('part.captures')}>
          <CaptureEvidence key={run} evidence={plan} />
        </Part>
      )}
      {hasTrace && (
        <Part title={t('part.traces')}>
          <Traces key={run} run={run} kept={incident} />
        </Part>
      )}
      <Part title={t('part.environment')}>
        <EnvironmentCheck run={run} />
      </Part>
      <Part title={t('part.comparison')}>
        <LastGoodRun key={run} id={incident.id} run={run} />
      </Part>
      <Part title={t('part.sentences')}>
        <Evidence items={incident.evidence} nameRun={incident.runs.length > 1} />
      </Part>
    </Section>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Paper withBorder p="md">
      <Title order={3} size="h6" mb="sm">
        {title}
      </Title>
      {children}
    </Paper>
  );
}
