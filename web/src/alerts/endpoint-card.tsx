// One endpoint: where it leads, how it fares, a test, and what was delivered to it with every answer.
import { Badge, Button, Group, Paper, Stack, Text } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  type Channel,
  useChangeEndpoint,
  useDeleteEndpoint,
  useTestEndpoint,
  type Webhook,
} from '../api/alert-queries.ts';
import { useRole } from '../api/use-api.ts';
import { Ago } from '../components/ago.tsx';
import { ConfirmButton } from '../components/confirm-button.tsx';
import { ErrorText } from '../components/error-text.tsx';
import { useNow } from '../components/now-context.tsx';
import { useFormat } from '../i18n/use-format.ts';
import classes from './alerts.module.css';
import { Deliveries } from './deliveries.tsx';
import { endpointName } from './endpoint-names.ts';
import { RotateSecret } from './rotate-secret.tsx';

const healthColors = { ok: 'green', failing: 'orange', disabled: 'red', unproven: 'gray' };

interface EndpointCardProps {
  endpoint: Webhook;
  /** Undefined until the channels are known. */
  channel: Channel | undefined;
  /** The page's address leads to it. */
  isLinked: boolean;
  onEdit: () => void;
}

export function EndpointCard({ endpoint, channel, isLinked, onEdit }: EndpointCardProps) {
  const { t } = useTranslation(['alerts', 'common']);
  const { time } = useFormat();
  const nowMs = useNow();
  const mayChange = useRole() === 'admin';
  const [open, setOpen] = useState(isLinked);
  const [rotating, setRotating] = useState(false);
  const oldUntil = endpoint.old_secret_until;
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
          {mayChange && (
            <Actions
              endpoint={endpoint}
              hasSecret={channel !== undefined && channel.secret !== 'none'}
              onTested={() => setOpen(true)}
              onEdit={onEdit}
              onRotate={() => setRotating(true)}
            />
          )}
        </Group>
        {rotating && channel && <RotateSecret id={endpoint.id} channel={channel} onDone={() => setRotating(false)} />}
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
        {oldUntil !== null && Date.parse(oldUntil) > nowMs && !rotating && (
          <Text size="sm">{t('oldSecretUntil', { until: time(oldUntil) })}</Text>
        )}
        <Button size="compact-xs" variant="subtle" w="max-content" aria-expanded={open} onClick={() => setOpen(!open)}>
          {t(open ? 'hideDeliveries' : 'showDeliveries')}
        </Button>
        {open && <Deliveries id={endpoint.id} mayChange={mayChange} />}
      </Stack>
    </Paper>
  );
}

interface ActionsProps {
  endpoint: Webhook;
  hasSecret: boolean;
  onTested: () => void;
  onEdit: () => void;
  onRotate: () => void;
}

function Actions({ endpoint, hasSecret, onTested, onEdit, onRotate }: ActionsProps) {
  const { t } = useTranslation('alerts');
  const test = useTestEndpoint(endpoint.id);
  const change = useChangeEndpoint(endpoint.id);
  const remove = useDeleteEndpoint(endpoint.id);
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
      <Button size="xs" variant="default" aria-label={t('editOne', { name: endpointName(endpoint) })} onClick={onEdit}>
        {t('edit')}
      </Button>
      <Button
        size="xs"
        variant="default"
        loading={change.isPending}
        onClick={() => change.mutate({ status: enabled ? 'disabled' : 'enabled' })}
      >
        {t(enabled ? 'disable' : 'enable')}
      </Button>
      {hasSecret && (
        <Button size="xs" variant="default" onClick={onRotate}>
          {t('newSecret')}
        </Button>
      )}
      <ConfirmButton
        label={t('delete')}
        sureLabel={t('deleteSure')}
        about={endpointName(endpoint)}
        loading={remove.isPending}
        onConfirm={() => remove.mutate()}
      />
      <ErrorText error={error} />
    </Group>
  );
}
