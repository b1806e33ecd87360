// Name and health of a run at one look: status, how far and when, what broke, and what its environment is known for.
import { Group, Paper, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { IncidentSummary, RunDetail } from '../api/answers.ts';
import { useIncidentsOfRun } from '../api/run-queries.ts';
import { Ago } from '../components/ago.tsx';
import { RunStatusBadge, SeverityBadge, StateBadge } from '../components/badges.tsx';
import { WarningIcon } from '../components/icons.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { RouteLink } from '../components/route-link.tsx';
import { useFormat } from '../i18n/use-format.ts';
import classes from './run-header.module.css';

export function RunHeader({ run }: { run: RunDetail }) {
  const { t } = useTranslation(['run', 'common']);
  const format = useFormat();
  const framework = run.framework && [run.framework.name, run.framework.version].filter(Boolean).join(' ');
  return (
    <Stack gap="md">
      <Group gap="sm" align="center">
        <PageTitle>{run.name}</PageTitle>
        <RunStatusBadge status={run.status} />
      </Group>
      <dl className={classes.facts}>
        {run.name !== run.id && <Fact label={t('id')}>{run.id}</Fact>}
        <Fact label={t('project')}>{run.project}</Fact>
        <Fact label={t('lastStep')}>{run.last_step === null ? '–' : format.number(run.last_step)}</Fact>
        <Fact label={t('lastHeard')}>
          <Ago time={run.last_seen_at} />
        </Fact>
        <Fact label={t('started')}>
          <Ago time={run.created_at} />
        </Fact>
        {framework && <Fact label={t('framework')}>{framework}</Fact>}
        {run.device && <Fact label={t('device')}>{run.device}</Fact>}
        {run.world_size !== null && <Fact label={t('ranks')}>{format.number(run.world_size)}</Fact>}
      </dl>
      <Incidents runId={run.id} />
      {run.warnings.map((warning) => (
        <Paper key={warning.id} withBorder className={classes.warning} data-severity={warning.severity}>
          <WarningIcon />
          <div>
            <Text size="sm" fw={600}>
              {warning.text}
            </Text>
            <Text size="sm">{warning.advice}</Text>
          </div>
        </Paper>
      ))}
    </Stack>
  );
}

function Fact({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** More would push the charts out of sight. */
const maxIncidents = 4;

function Incidents({ runId }: { runId: string }) {
  const { t } = useTranslation('run');
  const { data } = useIncidentsOfRun(runId);
  if (data === undefined || data.items.length === 0) return null;
  return (
    <div>
      <Paper withBorder component="ul" className={classes.incidents} aria-label={t('incidents')}>
        {data.items.slice(0, maxIncidents).map((incident) => (
          <IncidentLine key={incident.id} incident={incident} />
        ))}
      </Paper>
      {data.items.length > maxIncidents && (
        <RouteLink to="/incidents" search={{ run: runId }} size="sm" display="inline-block" mt="xs">
          {t('allIncidents')} →
        </RouteLink>
      )}
    </div>
  );
}

function IncidentLine({ incident }: { incident: IncidentSummary }) {
  const { t } = useTranslation(['run', 'common']);
  return (
    <li className={classes.incident}>
      <SeverityBadge severity={incident.severity} />
      <div className={classes.story}>
        <RouteLink to="/incidents/$id" params={{ id: incident.id }} fw={600} size="sm">
          {incident.title}
        </RouteLink>
        <Text size="xs" c="dimmed">
          {incident.cause?.title ?? t('common:noCause')}
          {incident.first_step !== null && ` · ${t('common:atStep', { step: incident.first_step })}`}
        </Text>
      </div>
      <StateBadge state={incident.state} />
    </li>
  );
}
