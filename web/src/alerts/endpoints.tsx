// The endpoints, each with its deliveries, and the form for a new one. For admins: an address is often a secret.
import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useChannels, useEndpoints } from '../api/alert-queries.ts';
import { useRole } from '../api/use-api.ts';
import { ErrorNotice } from '../components/error-notice.tsx';
import { Loading } from '../components/loading.tsx';
import classes from './alerts.module.css';
import { EndpointCard } from './endpoint-card.tsx';
import { EndpointForm } from './endpoint-form.tsx';

/** `linked`: the endpoint whose card is open and in view. */
export function Endpoints({ linked }: { linked: string | undefined }) {
  const { t } = useTranslation('alerts');
  return useRole() === 'admin' ? <List linked={linked} /> : <Text>{t('endpointsForAdmins')}</Text>;
}

function List({ linked }: { linked: string | undefined }) {
  const { t } = useTranslation('alerts');
  const { data, error, refetch } = useEndpoints();
  const channels = useChannels();
  /** The id of the endpoint whose form is open; null: that of a new one. */
  const [edited, setEdited] = useState<string | null | undefined>(undefined);
  const done = () => setEdited(undefined);
  const failure = error ?? channels.error;
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Text size="sm" c="dimmed" flex={1} miw={200}>
          {t('endpointsHint')}
        </Text>
        {edited === undefined && <Button onClick={() => setEdited(null)}>{t('addEndpoint')}</Button>}
      </Group>
      {failure && <ErrorNotice error={failure} onRetry={() => refetch()} />}
      {edited === null && channels.data && (
        <EndpointForm channels={channels.data.items} endpoint={null} onDone={done} />
      )}
      {data === undefined && !failure && <Loading height={200} />}
      {data?.items.length === 0 && edited === undefined && <Text>{t('noEndpoints')}</Text>}
      <ul className={classes.cards} aria-label={t('tab.endpoints')}>
        {data?.items.map((endpoint) =>
          edited === endpoint.id && channels.data ? (
            <li key={endpoint.id}>
              <EndpointForm channels={channels.data.items} endpoint={endpoint} onDone={done} />
            </li>
          ) : (
            <EndpointCard
              key={endpoint.id}
              endpoint={endpoint}
              channel={channels.data?.items.find(({ format }) => format === endpoint.format)}
              isLinked={endpoint.id === linked}
              onEdit={() => setEdited(endpoint.id)}
            />
          ),
        )}
      </ul>
    </Stack>
  );
}
