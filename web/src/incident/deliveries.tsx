// Who was told of the incident, and why somebody was not, or not yet.
import { Button, Group, Stack, Text } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Attempts, DeliveryStatusBadge } from '../alerts/attempts.tsx';
import { useEndpointNames } from '../alerts/endpoint-names.ts';
import { type IncidentDeliveries, useIncidentDeliveries } from '../api/alert-rule-queries.ts';
import { Ago } from '../components/ago.tsx';
import { ErrorNotice } from '../components/error-notice.tsx';
import { RouteLink } from '../components/route-link.tsx';
import { Section } from '../components/section.tsx';
import { useFormat } from '../i18n/use-format.ts';
import classes from './deliveries.module.css';

const shownAtFirst = 6;

export function Deliveries({ id }: { id: string }) {
  const { t } = useTranslation('incident');
  const { data, error, refetch } = useIncidentDeliveries(id);
  return (
    <Section title={t('told')}>
      {error && <ErrorNotice error={error} onRetry={() => refetch()} />}
      {data && data.items.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('toldNobody')}
        </Text>
      )}
      {data && data.items.length > 0 && (
        <Growing label={t('told')} entries={data.items} keyOf={({ id: key }) => key}>
          {(item) => <Told item={item} />}
        </Growing>
      )}
      {data && data.decisions.length > 0 && (
        <>
          <h3 className={classes.why}>{t('decisions')}</h3>
          <Growing
            label={t('decisions')}
            entries={data.decisions}
            keyOf={({ at, stage, code, endpoint_id: endpoint, route_id: route, event }) =>
              [at, stage, code, endpoint, route, event].join(' ')
            }
          >
            {(decision) => <Decided decision={decision} />}
          </Growing>
        </>
      )}
    </Section>
  );
}

interface GrowingProps<T> {
  label: string;
  entries: readonly T[];
  keyOf: (entry: T) => string;
  children: (entry: T) => ReactNode;
}

/** The first few, and the rest when asked for. */
function Growing<T>({ label, entries, keyOf, children }: GrowingProps<T>) {
  const { t } = useTranslation('incident');
  const [all, setAll] = useState(false);
  const shown = all ? entries : entries.slice(0, shownAtFirst);
  return (
    <>
      <ul className={classes.list} aria-label={label}>
        {shown.map((entry) => (
          <li key={keyOf(entry)}>{children(entry)}</li>
        ))}
      </ul>
      {shown.length < entries.length && (
        <Button variant="subtle" size="compact-sm" w="max-content" onClick={() => setAll(true)}>
          {t('showAllEntries', { count: entries.length })}
        </Button>
      )}
    </>
  );
}

function Told({ item }: { item: IncidentDeliveries['items'][number] }) {
  const { t } = useTranslation(['alerts', 'incident']);
  const { endpoint } = item;
  return (
    <Stack gap={2}>
      <Group gap="xs">
        <DeliveryStatusBadge status={item.status} />
        <EndpointLink id={endpoint.id} fallback={endpoint.format} />
        {endpoint.status === 'disabled' && (
          <Text size="xs" c="var(--mantine-color-error)">
            {t('health.disabled')}
          </Text>
        )}
      </Group>
      <Text size="xs" c="dimmed">
        {item.event} · <Ago time={item.created_at} />
        {item.next_attempt_at && (
          <>
            {' '}
            · {t('nextAttempt')} <Ago time={item.next_attempt_at} />
          </>
        )}
      </Text>
      <Attempts attempts={item.attempts} />
    </Stack>
  );
}

function EndpointLink({ id, fallback }: { id: string; fallback: string }) {
  const name = useEndpointNames()(id);
  return (
    <RouteLink to="/alerts" search={{ endpoint: id }} size="sm" className={classes.text}>
      {name === id ? fallback : name}
    </RouteLink>
  );
}

const rfc3339 = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;

function Decided({ decision }: { decision: IncidentDeliveries['decisions'][number] }) {
  const { t } = useTranslation('incident');
  const { time } = useFormat();
  const { endpoint_id: endpoint, route_id: route } = decision;
  return (
    <Stack gap={2}>
      <Text size="sm" className={classes.text}>
        <strong>{t(`decision.${decision.decision}`)}</strong> · {decision.reason.replace(rfc3339, time)}
      </Text>
      <Text size="xs" c="dimmed">
        {decision.event} · <Ago time={decision.at} />
        {route !== null && route !== 'default' && (
          <>
            {' '}
            ·{' '}
            <RouteLink to="/alerts" search={{ tab: 'routes' }} inherit>
              {t('byRoute')}
            </RouteLink>
          </>
        )}
        {endpoint !== null && (
          <>
            {' '}
            · <EndpointLink id={endpoint} fallback={endpoint} />
          </>
        )}
      </Text>
    </Stack>
  );
}
