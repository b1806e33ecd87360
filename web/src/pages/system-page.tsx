// What computes and what waits: the workers with their DFL backends, the captures that queue, the jobs.
import { Badge, Group, Paper, Stack, Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { System, WorkerState } from '../api/answers.ts';
import { useSystem } from '../api/system-queries.ts';
import { Ago } from '../components/ago.tsx';
import { ErrorNotice } from '../components/error-notice.tsx';
import { Loading } from '../components/loading.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { Section } from '../components/section.tsx';

export function SystemPage() {
  const { t } = useTranslation(['system', 'common']);
  const { data, error, refetch } = useSystem();
  return (
    <Stack gap="xl">
      <PageTitle>{t('common:pages.system')}</PageTitle>
      {error && <ErrorNotice error={error} title={data && t('common:staleAnswer')} onRetry={() => refetch()} />}
      {data === undefined && !error && <Loading height={220} />}
      {data && (
        <>
          <Section title={t('workers')}>
            {data.workers.length === 0 && <Text>{t('noWorkers')}</Text>}
            {data.workers.map((worker) => (
              <Worker key={worker.id} worker={worker} />
            ))}
          </Section>
          <Section title={t('waitingWork')}>
            <Text size="sm">
              {t('pendingCaptures', { pending: data.captures.pending, limit: data.captures.limit })}
            </Text>
            {data.queue === null ? <Text size="sm">{t('queueUnreachable')}</Text> : <Jobs queue={data.queue} />}
          </Section>
        </>
      )}
    </Stack>
  );
}

function Worker({ worker }: { worker: WorkerState }) {
  const { t } = useTranslation(['system', 'common']);
  const { dfl } = worker;
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        <Group justify="space-between" gap="xs">
          <Group gap="xs">
            <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
              {t('workerOf', { host: worker.host, pid: worker.pid })}
            </Text>
            <Badge variant="light">{dfl.chosen}</Badge>
          </Group>
          <Text size="sm" c="dimmed">
            {t('common:lastSeen')} <Ago time={worker.seen_at} />
          </Text>
        </Group>
        <Fact label={t('backend')}>
          {dfl.chosen} ({t('requestedBackend')}: {dfl.requested})
        </Fact>
        <Fact label={t('device')}>{dfl.device}</Fact>
        {dfl.rejected.length > 0 && (
          <Fact label={t('setAside')}>
            {dfl.rejected.map(({ backend, reason }) => (
              <div key={backend}>
                {backend}: {reason}
              </div>
            ))}
          </Fact>
        )}
        <Fact label={t('latestFailures')}>
          {dfl.failures.length === 0 && t('noFailures')}
          {[...dfl.failures].reverse().map(({ at, backend, failure, reason }) => (
            <div key={`${at} ${backend} ${reason}`}>
              <Ago time={at} />, {backend}, {failure}: {reason}
            </div>
          ))}
        </Fact>
      </Stack>
    </Paper>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <Text component="div" size="sm" style={{ overflowWrap: 'anywhere' }}>
        {children}
      </Text>
    </div>
  );
}

function Jobs({ queue }: { queue: NonNullable<System['queue']> }) {
  const { t } = useTranslation(['system', 'common']);
  return (
    <Table.ScrollContainer minWidth={360}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('job')}</Table.Th>
            <Table.Th ta="right">{t('jobsWaiting')}</Table.Th>
            <Table.Th ta="right">{t('jobsActive')}</Table.Th>
            <Table.Th ta="right">{t('jobsDelayed')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {Object.entries(queue).map(([name, { waiting, active, delayed }]) => (
            <Table.Tr key={name}>
              <Table.Td>{name}</Table.Td>
              <Table.Td ta="right">{waiting}</Table.Td>
              <Table.Td ta="right">{active}</Table.Td>
              <Table.Td ta="right">{delayed}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
