// The answer in one card: what broke, how sure that is, the likeliest cause, since when, and the first thing to do.
import { Anchor, Divider, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Incident } from '../api/answers.ts';
import { Ago } from '../components/ago.tsx';
import { SeverityBadge, StateBadge } from '../components/badges.tsx';
import { ConfidenceBar, ConfidenceText } from '../components/confidence-bar.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { remediationAnchor } from './remediations.tsx';
import { StateButtons } from './state-buttons.tsx';
import classes from './verdict.module.css';

export function Verdict({ incident }: { incident: Incident }) {
  const { t } = useTranslation(['incident', 'common']);
  return (
    <Paper withBorder p="lg" shadow="xs">
      <Stack gap="md">
        <Group justify="space-between" align="flex-start">
          <Group gap="sm">
            <SeverityBadge severity={incident.severity} />
            <StateBadge state={incident.state} />
            {incident.regressed && <Text fw={600}>{t('common:regressed')}</Text>}
          </Group>
          <StateButtons id={incident.id} state={incident.state} />
        </Group>
        <ClassLine subject={incident} level={1} />
        <Text maw="75ch">{incident.summary}</Text>
        <Divider />
        <div className={classes.answers}>
          <LikeliestCause cause={incident.cause} remediations={incident.remediations} />
          <Sightings incident={incident} />
        </div>
      </Stack>
    </Paper>
  );
}

/** What it is called, which class that is, and how sure. A page has one heading of level 1: its own. */
export function ClassLine({
  subject,
  level,
}: {
  subject: Pick<Incident, 'title' | 'class' | 'confidence'>;
  level: 1 | 2;
}) {
  const { t } = useTranslation(['incident', 'common']);
  return (
    <div>
      {level === 1 ? <PageTitle>{subject.title}</PageTitle> : <Title order={2}>{subject.title}</Title>}
      <Text size="sm" c="dimmed">
        <code>{subject.class}</code>
        {subject.class !== 'unknown' && (
          <>
            {' · '}
            {t('classConfidence')} <ConfidenceText confidence={subject.confidence} />
          </>
        )}
      </Text>
    </div>
  );
}

export function LikeliestCause({ cause, remediations }: Pick<Incident, 'cause' | 'remediations'>) {
  const { t } = useTranslation(['incident', 'common']);
  const first = remediations[0];
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed">
        {t('likeliestCause')}
      </Text>
      {cause === null ? (
        <Text fw={600}>{t('common:noCause')}</Text>
      ) : (
        <>
          <Text fw={650} size="lg">
            {cause.title}
          </Text>
          <ConfidenceBar confidence={cause.confidence} />
        </>
      )}
      {first && (
        <Text size="sm">
          {t('firstStepToTake')}: <Anchor href={`#${remediationAnchor(first.id)}`}>{first.title}</Anchor>
        </Text>
      )}
    </Stack>
  );
}

function Sightings({ incident }: { incident: Incident }) {
  const { t } = useTranslation(['incident', 'common']);
  const { first_step: firstStep, last_step: lastStep } = incident;
  return (
    <dl className={classes.sightings}>
      <dt>{t('firstSeen')}</dt>
      <dd>
        <Ago time={incident.first_seen_at} />
        {firstStep !== null && ` · ${t('common:atStep', { step: firstStep })}`}
      </dd>
      <dt>{t('common:lastSeen')}</dt>
      <dd>
        <Ago time={incident.last_seen_at} />
        {lastStep !== null && ` · ${t('common:atStep', { step: lastStep })}`}
      </dd>
      <dt>{t('frequency')}</dt>
      <dd>{t('common:occurrences', { count: incident.occurrences })}</dd>
      <dt>{t('project')}</dt>
      <dd>{incident.project}</dd>
      {incident.assignee !== null && (
        <>
          <dt>{t('assignee')}</dt>
          <dd>{incident.assignee}</dd>
        </>
      )}
      {incident.muted_until !== null && (
        <>
          <dt>{t('mutedUntil')}</dt>
          <dd>
            <Ago time={incident.muted_until} />
          </dd>
        </>
      )}
    </dl>
  );
}
