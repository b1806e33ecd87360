// The answer in one card: what broke, how sure that is, since when, and the first thing to do.
import { Anchor, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Incident } from '../api/answers.ts';
import { Ago } from '../components/ago.tsx';
import { SeverityBadge, StateBadge } from '../components/badges.tsx';
import { ConfidenceBar, ConfidenceText } from '../components/confidence-bar.tsx';
import { CopyBlock } from '../components/copy-block.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { RouteLink } from '../components/route-link.tsx';
import { useFormat } from '../i18n/use-format.ts';
import { IncidentActions } from './incident-actions.tsx';
import { remediationAnchor } from './remediations.tsx';
import classes from './verdict.module.css';

export function Verdict({ incident }: { incident: Incident }) {
  const { t } = useTranslation(['incident', 'common']);
  return (
    <Paper withBorder className={classes.card} data-severity={incident.severity} data-state={incident.state}>
      <div className={classes.head}>
        <Group gap="xs">
          <SeverityBadge severity={incident.severity} />
          <StateBadge state={incident.state} />
          {incident.regressed && (
            <Text size="sm" fw={600}>
              {t('common:regressed')}
            </Text>
          )}
          <Mute mute={incident.mute} />
        </Group>
        <IncidentActions {...incident} />
      </div>
      <div className={classes.title}>
        <PageTitle>{incident.title}</PageTitle>
      </div>
      <div className={classes.answers}>
        <section aria-labelledby="verdict-what">
          <h2 id="verdict-what" className={classes.question}>
            {t('whatBroke')}
          </h2>
          <Text className={classes.summary}>{incident.summary}</Text>
        </section>
        <section aria-labelledby="verdict-sure">
          <h2 id="verdict-sure" className={classes.question}>
            {t('howSure')}
          </h2>
          <HowSure incident={incident} />
        </section>
        <section aria-labelledby="verdict-since">
          <h2 id="verdict-since" className={classes.question}>
            {t('sinceWhen')}
          </h2>
          <Sightings incident={incident} />
        </section>
      </div>
      <FirstStep remediations={incident.remediations} />
    </Paper>
  );
}

function HowSure({ incident }: { incident: Pick<Incident, 'class' | 'confidence' | 'cause'> }) {
  const { t } = useTranslation(['incident', 'common']);
  const { cause } = incident;
  return (
    <Stack gap="sm">
      {incident.class !== 'unknown' && (
        <div>
          <Text size="sm">
            {t('itIs')} <code>{incident.class}</code>
          </Text>
          <ConfidenceBar confidence={incident.confidence} />
        </div>
      )}
      <div>
        {cause === null ? (
          <Text fw={600}>{t('common:noCause')}</Text>
        ) : (
          <>
            <Text size="sm">
              {t('likeliestCause')}: <strong>{cause.title}</strong>
            </Text>
            <ConfidenceBar confidence={cause.confidence} />
          </>
        )}
      </div>
    </Stack>
  );
}

/** The likeliest action, ready to be copied: whoever is woken at night starts here. */
function FirstStep({ remediations }: Pick<Incident, 'remediations'>) {
  const { t } = useTranslation('incident');
  const first = remediations[0];
  if (first === undefined) return null;
  return (
    <section className={classes.first} aria-labelledby="verdict-first">
      <h2 id="verdict-first" className={classes.question}>
        {t('firstStepToTake')}
      </h2>
      <Text fw={650}>
        <Anchor href={`#${remediationAnchor(first.id)}`} inherit>
          {first.title}
        </Anchor>
      </Text>
      <Text size="sm">{first.why}</Text>
      {first.patch !== null && <CopyBlock text={first.patch.trim()} label={first.title} />}
    </section>
  );
}

function Mute({ mute }: Pick<Incident, 'mute'>) {
  const { t } = useTranslation('incident');
  const { time } = useFormat();
  if (mute === null) return null;
  return (
    <Text size="sm" c="dimmed">
      {t(`mutedHow.${mute.kind}`, { until: mute.until === null ? '' : time(mute.until), by: mute.by })}
    </Text>
  );
}

/** What it is called, which class that is, and how sure: as a diagnosis that is no incident shows it. */
export function ClassLine({ subject }: { subject: Pick<Incident, 'title' | 'class' | 'confidence'> }) {
  const { t } = useTranslation(['incident', 'common']);
  return (
    <div>
      <Title order={2}>{subject.title}</Title>
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
        {firstStep !== null && <strong>{t('common:atStep', { step: firstStep })}</strong>}
        {firstStep !== null && ' · '}
        <Ago time={incident.first_seen_at} />
      </dd>
      <dt>{t('common:lastSeen')}</dt>
      <dd>
        {lastStep !== null && `${t('common:atStep', { step: lastStep })} · `}
        <Ago time={incident.last_seen_at} />
      </dd>
      <dt>{t('frequency')}</dt>
      <dd>
        {t('common:occurrences', { count: incident.occurrences })}
        {incident.runs.length > 1 && ` · ${t('inRuns', { count: incident.runs.length })}`}
      </dd>
      <dt>{t('project')}</dt>
      <dd>
        <RouteLink to="/incidents" search={{ project: incident.project }} inherit>
          {incident.project}
        </RouteLink>
      </dd>
      {incident.assignee !== null && (
        <>
          <dt>{t('assignee')}</dt>
          <dd>{incident.assignee}</dd>
        </>
      )}
      {incident.resolved_by !== null && (
        <>
          <dt>{t('resolvedBy')}</dt>
          <dd>{incident.resolved_by}</dd>
        </>
      )}
    </dl>
  );
}
