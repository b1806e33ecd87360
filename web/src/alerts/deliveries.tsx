// What was delivered to an endpoint: each with its attempts, the answers, and the request; sent anew one by one, or all that failed.
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Delivery, useDeliveries, useDelivery, useRecover, useRedeliver } from '../api/alert-queries.ts';
import { placeErrors } from '../api/field-errors.ts';
import { Ago } from '../components/ago.tsx';
import { CopyBlock } from '../components/copy-block.tsx';
import { ErrorNotice } from '../components/error-notice.tsx';
import { ErrorText } from '../components/error-text.tsx';
import classes from './alerts.module.css';
import { Attempts, DeliveryStatusBadge } from './attempts.tsx';
import { fromLocalInput, toLocalInput } from './local-input.ts';
import { readable } from './readable.ts';

interface DeliveriesProps {
  /** Of the endpoint. */
  id: string;
  mayChange: boolean;
}

export function Deliveries({ id, mayChange }: DeliveriesProps) {
  const { t } = useTranslation('alerts');
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useDeliveries(id);
  if (error) return <ErrorNotice error={error} onRetry={() => refetch()} />;
  if (data === undefined) return null;
  const deliveries = data.pages.flatMap(({ items }) => items);
  if (deliveries.length === 0) return <Text size="sm">{t('noDeliveries')}</Text>;
  return (
    <Stack gap="md">
      {mayChange && <Recover id={id} />}
      <ul className={classes.deliveries}>
        {deliveries.map((delivery) => (
          <li key={delivery.id}>
            <DeliveryEntry endpointId={id} delivery={delivery} mayChange={mayChange} />
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <Button
          size="compact-sm"
          variant="subtle"
          w="max-content"
          loading={isFetchingNextPage}
          onClick={() => fetchNextPage()}
        >
          {t('showOlder')}
        </Button>
      )}
    </Stack>
  );
}

/** Everything that failed since a time, sent anew in its order. */
function Recover({ id }: { id: string }) {
  const { t } = useTranslation('alerts');
  const recover = useRecover(id);
  const [since, setSince] = useState(() => toLocalInput(Date.now() - 86_400_000));
  const errors = placeErrors(recover.error, ['/since']);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!recover.isPending) recover.mutate(fromLocalInput(since) ?? '');
  };
  return (
    <form onSubmit={submit}>
      <Group align="flex-end" gap="sm">
        <TextInput
          type="datetime-local"
          size="xs"
          label={t('recoverSince')}
          required
          value={since}
          error={errors.at('/since')}
          onChange={(event) => setSince(event.currentTarget.value)}
        />
        <Button type="submit" size="xs" variant="default" loading={recover.isPending}>
          {t('recover')}
        </Button>
        {recover.data && (
          <Text size="sm" role="status">
            {t('recovered', { count: recover.data.deliveries })}
          </Text>
        )}
        <ErrorText error={errors.rest} />
      </Group>
    </form>
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
  const redeliver = useRedeliver(endpointId);
  const canRepeat = mayChange && (delivery.status === 'delivered' || delivery.status === 'failed');
  return (
    <>
      <Group gap="xs">
        <DeliveryStatusBadge status={delivery.status} />
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
        {canRepeat && (
          <Button
            size="compact-xs"
            variant="default"
            loading={redeliver.isPending}
            onClick={() => redeliver.mutate(delivery.id)}
          >
            {t('redeliver')}
          </Button>
        )}
        <ErrorText error={redeliver.error} />
      </Group>
      <Attempts attempts={delivery.attempts} />
      {delivery.merged_into === null && <SentRequest endpointId={endpointId} id={delivery.id} />}
    </>
  );
}

/** Asked for when it is opened. */
function SentRequest({ endpointId, id }: { endpointId: string; id: string }) {
  const { t } = useTranslation('alerts');
  const [open, setOpen] = useState(false);
  const { data, error } = useDelivery(endpointId, id, open);
  const request = data?.request;
  const headers = Object.entries(request?.headers ?? {}).map(([name, value]) => `${name}: ${value}`);
  return (
    <details className={classes.attempts} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('request')}</summary>
      {error && <ErrorNotice error={error} />}
      {request && (
        <Stack gap="xs" mt={4} className={classes.preview}>
          {headers.length > 0 && <CopyBlock text={headers.join('\n')} label={t('requestHeaders')} />}
          <CopyBlock text={readable(request.body)} label={t('requestBody')} />
          <Text size="xs" c="dimmed">
            {t('requestHint')}
          </Text>
        </Stack>
      )}
    </details>
  );
}
