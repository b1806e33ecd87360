// One incident of the list: what broke, why most likely, where, how often, and when last.
import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { IncidentSummary } from '../api/answers.ts';
import { Ago } from '../components/ago.tsx';
import { SeverityBadge, StateBadge } from '../components/badges.tsx';
import { ConfidenceText } from '../components/confidence-bar.tsx';
import { RouteLink } from '../components/route-link.tsx';
import classes from './incident-row.module.css';

const runsShown = 3;

export function IncidentRow({ incident }: { incident: IncidentSummary }) {
  const { t } = useTranslation(['incidents', 'common']);
  return (
    <>
      <div className={classes.severity}>
        <SeverityBadge severity={incident.severity} />
      </div>
      <div className={classes.story}>
        <RouteLink to="/incidents/$id" params={{ id: incident.id }} fw={650} c="inherit" className={classes.title}>
          {incident.title}
        </RouteLink>
        <Text size="sm">
          {incident.cause === null ? (
            t('common:noCause')
          ) : (
            <>
              {incident.cause.title}
              <Text span c="dimmed">
                {' · '}
                <ConfidenceText confidence={incident.cause.confidence} />
              </Text>
            </>
          )}
        </Text>
        <Text size="sm" c="dimmed" className={classes.runs}>
          {t('common:runs')}: {incident.runs.slice(0, runsShown).join(', ')}
          {incident.runs.length > runsShown && ` ${t('moreRuns', { count: incident.runs.length - runsShown })}`}
        </Text>
      </div>
      <div className={classes.facts}>
        <StateBadge state={incident.state} />
        {incident.regressed && (
          <Text size="sm" fw={600}>
            {t('common:regressed')}
          </Text>
        )}
        <Text size="sm">{t('common:occurrences', { count: incident.occurrences })}</Text>
        <Text size="sm" c="dimmed">
          {t('common:lastSeen')} <Ago time={incident.last_seen_at} />
        </Text>
      </div>
    </>
  );
}
