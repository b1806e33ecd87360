// The open incidents seen last: where somebody who was woken begins.
import { Paper, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useLatestIncidents } from '../api/overview-queries.ts';
import { Ago } from '../components/ago.tsx';
import { SeverityBadge } from '../components/badges.tsx';
import { Loading } from '../components/loading.tsx';
import { RouteLink } from '../components/route-link.tsx';
import classes from './overview.module.css';

const shown = 5;

export function LatestIncidents() {
  const { t } = useTranslation(['overview', 'common']);
  const { data } = useLatestIncidents(shown);
  if (data === undefined) return <Loading height={120} />;
  if (data.items.length === 0) {
    return (
      <Paper withBorder p="md">
        <Text size="sm">{t('nothingOpen')}</Text>
      </Paper>
    );
  }
  return (
    <Paper withBorder component="ul" className={classes.latest}>
      {data.items.map((incident) => (
        <li key={incident.id}>
          <SeverityBadge severity={incident.severity} />
          <div className={classes.story}>
            <RouteLink to="/incidents/$id" params={{ id: incident.id }} size="sm" fw={600} c="inherit">
              {incident.title}
            </RouteLink>
            <Text size="xs" c="dimmed">
              {incident.cause?.title ?? t('common:noCause')} · <Ago time={incident.last_seen_at} />
            </Text>
          </div>
        </li>
      ))}
    </Paper>
  );
}
