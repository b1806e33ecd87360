// One endpoint: where it leads, how it fares, a test, and what was delivered to it with every answer.
import { Badge, Button, Group, Paper, Stack, Text } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  type Delivery,
  useChangeEndpoint,
  useDeleteEndpoint,
  useDeliveries,
  useRedeliver,
  useTestEndpoint,
  type Webhook,
} from '../api/alert-queries.ts';
import { useRole } from '../api/use-api.ts';
import { Ago } from '../components/ago.tsx';
import { ErrorNotice } from '../components/error-notice.tsx';
import { useFormat } from '../i18n/use-format.ts';
import classes from './alerts.module.css';

const healthColors = { ok: 'green', failing: 'orange', disabled: 'red', unproven: 'gray' };

/** `isLinked`: the page's address leads to it. */
export function EndpointCard({ endpoint, isLinked }: { endpoint: Webhook; isLinked: boolean }) {
  const { t } = useTranslation(['alerts', 'common']);
  const mayChange = useRole() === 'admin';
  const [open, setOpen] = useState(isLinked);
  const card = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isLinked) card.current?.scrollIntoView({ block: 'nearest' });
  }, [isLinked]);
  const { health } = endpoint;
  return (
    <Paper withBorder p="md" component="li" ref={card} aria-current={isLinked || undefined}>
      <Stack gap="xs">
        <Group justify="space-between">
          <Group gap="sm">
            <Text fw={600} className={classes.url}>
              {endpoint.url}
            </Text>
            <Badge variant="default" tt="none" radius="sm">
              {endpoint.format}
            </Badge>
            <Badge variant="dot" tt="none" radius="sm" color={healthColors[health.state]}>
              {t(`health.${health.state}`)}
            </Badge>
          </Group>
          {mayChange && <Actions endpoint={endpoint} onTested={() => setOpen(true)} />}
        </Group>
        <Text size="xs" c="dimmed">
          {endpoint.events.join(', ')}
          {endpoint.filter.min_severity &&
            ` · ${t('from', { severity: t(`common:severity.${endpoint.filter.min_severity}`) })}`}
          {endpoint.filter.project && ` · ${endpoint.filter.project}`} · {t(`languageName.${endpoint.locale}`)}
          {health.last_delivered_at && (
            <>
              {' '}
              · {t('lastDelivered')} <Ago time={health.last_delivered_at} />
            </>
          )}
        </Text>
        {(endpoint.disabled_reason ?? health.last_failure) && (
          <Text size="sm" c="var(--mantine-color-error)">
            {endpoint.disabled_reason ?? health.last_failure}
          </Text>
        )}
        <Button size="compact-xs" variant="subtle" w="max-content" aria-expanded={open} onClick={() => setOpen(!open)}>
          {t(open ? 'hideDeliveries' : 'showDeliveries')}
        </Button>
        {open && <Deliveries id={endpoint.id} mayChange={mayChange} />}
      </Stack>
    </Paper>
  );
}

function Actions({ endpoint, onTested }: { endpoint: Webhook; onTested: () => void }) {
  const { t } = useTranslation('alerts');
  const test = useTestEndpoint(endpoint.id);
  const change = useChangeEndpoint(endpoint.id);
  const remove = useDeleteEndpoint(endpoint.id);
  const [sure, setSure] = useState(false);
  const enabled = endpoint.status === 'enabled';
  const error = test.error ?? change.error ?? remove.error;
  return (
    <Group gap="xs">
      <Button
        size="xs"
        variant="default"
        loading={test.isPending}
        onClick={() => test.mutate(undefined, { onSuccess: onTested })}
      >
        {t('test')}
      </Button>
      <Button
        size="xs"
        variant="default"
        loading={change.isPending}
        onClick={() => change.mutate({ status: enabled ? 'disabled' : 'enabled' })}
      >
        {t(enabled ? 'disable' : 'enable')}
      </Button>
      <Button
        size="xs"
        variant={sure ? 'filled' : 'default'}
        color="red"
        loading={remove.isPending}
        onClick={() => (sure ? remove.mutate() : setSure(true))}
        onBlur={() => setSure(false)}
      >
        {t(sure ? 'deleteSure' : 'delete')}
      </Button>
      {error && (
        <Text size="xs" role="alert" c="var(--mantine-color-error)">
          {error.message}
        </Text>
      )}
    </Group>
  );
}

function Deliveries({ id, mayChange }: { id: string; mayChange: boolean }) {
  const { t } = useTranslation('alerts');
  const { data, error, refetch } = useDeliveries(id);
  if (error) return <ErrorNotice error={error} onRetry={() => refetch()} />;
  if (data?.items.length === 0) return <Text size="sm">{t('noDeliveries')}</Text>;
  return (
    <ul className={classes.deliveries}>
      {data?.items.map((delivery) => (
        <li key={delivery.id}>
          <DeliveryEntry endpointId={id} delivery={delivery} mayChange={mayChange} />
        </li>
      ))}
    </ul>
  );
}

function DeliveryEntry({
  endpointId,
  delivery,
  mayChange,
}: {
  endpointId: string;
  delivery: Delivery;
  mayChange: boolean;
}) {
  const { t } = useTranslation('alerts');
  const { number } = useFormat();
  const redeliver = useRedeliver(endpointId);
  return (
    <>
      <Group gap="xs">
        <Badge size="sm" radius="sm" variant="dot" tt="none" color={statusColors[delivery.status]}>
          {t(`delivery.${delivery.status}`)}
        </Badge>
        <Text size="sm">{delivery.event}</Text>
        <Text size="xs" c="dimmed">
          <Ago time={delivery.created_at} />
          {delivery.next_attempt_at && (
            <>
              {' '}
              · {t('nextAttempt')} <Ago time={delivery.next_attempt_at} />
            </>
          )}
        </Text>
        {mayChange && delivery.status !== 'pending' && (
          <Button
            size="compact-xs"
            variant="default"
            loading={redeliver.isPending}
            onClick={() => redeliver.mutate(delivery.id)}
          >
            {t('redeliver')}
          </Button>
        )}
      </Group>
      {delivery.attempts.length > 0 && (
        <details className={classes.attempts}>
          <summary>{t('attempts', { count: delivery.attempts.length })}</summary>
          {delivery.attempts.map((attempt) => (
            <div key={attempt.at}>
              <Ago time={attempt.at} /> · {attempt.status ?? attempt.error ?? ''} · {number(attempt.latency_ms)} ms
              {attempt.answer && <pre>{attempt.answer}</pre>}
            </div>
          ))}
        </details>
      )}
    </>
  );
}

const statusColors: Record<Delivery['status'], string> = {
  delivered: 'green',
  failed: 'red',
  pending: 'blue',
  merged: 'gray',
};
