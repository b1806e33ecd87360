// Who is told when something breaks: the endpoints, each with its deliveries, and the form for a new one.
import { Button, Group, Stack, Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { EndpointCard } from '../alerts/endpoint-card.tsx';
import { EndpointForm } from '../alerts/endpoint-form.tsx';
import { useChannels, useEndpoints } from '../api/alert-queries.ts';
import { useRole } from '../api/use-api.ts';
import { ErrorNotice } from '../components/error-notice.tsx';
import { Loading } from '../components/loading.tsx';
import { PageTitle } from '../components/page-title.tsx';

const page = getRouteApi('/alerts');

export function AlertsPage() {
  const { t } = useTranslation(['alerts', 'common']);
  const { data, error, refetch } = useEndpoints();
  const channels = useChannels();
  const mayChange = useRole() === 'admin';
  const { endpoint: linked } = page.useSearch();
  const [adding, setAdding] = useState(false);
  const failure = error ?? channels.error;
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <PageTitle>{t('common:pages.alerts')}</PageTitle>
        {mayChange && !adding && <Button onClick={() => setAdding(true)}>{t('addEndpoint')}</Button>}
      </Group>
      {failure && <ErrorNotice error={failure} onRetry={() => refetch()} />}
      {adding && channels.data && <EndpointForm channels={channels.data.items} onDone={() => setAdding(false)} />}
      {data === undefined && !failure && <Loading height={200} />}
      {data?.items.length === 0 && !adding && <Text c="dimmed">{t('noEndpoints')}</Text>}
      <Stack component="ul" gap="sm" m={0} p={0} style={{ listStyle: 'none' }}>
        {data?.items.map((endpoint) => (
          <EndpointCard key={endpoint.id} endpoint={endpoint} isLinked={endpoint.id === linked} />
        ))}
      </Stack>
    </Stack>
  );
}
