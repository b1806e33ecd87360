// Silences: those that hold messages back now, those to come, those that are over.
import { Badge, Button, Group, Paper, Stack, Text } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Silence, type SilenceStatus, useEndSilence, useSilences } from '../api/alert-rule-queries.ts';
import { useRole } from '../api/use-api.ts';
import { ConfirmButton } from '../components/confirm-button.tsx';
import { ErrorNotice } from '../components/error-notice.tsx';
import { ErrorText } from '../components/error-text.tsx';
import { Section } from '../components/section.tsx';
import { useFormat } from '../i18n/use-format.ts';
import classes from './alerts.module.css';
import { Matchers } from './matchers.tsx';
import { SilenceForm } from './silence-form.tsx';

const page = getRouteApi('/alerts');
const statusColors: Record<SilenceStatus, string> = { active: 'orange', pending: 'blue', expired: 'gray' };

export function Silences() {
  const { t } = useTranslation('alerts');
  const mayChange = useRole() === 'admin';
  const { class: failure, project } = page.useSearch();
  const navigate = page.useNavigate();
  const [adding, setAdding] = useState(false);
  // An incident's page leads here with what to silence.
  const begun = [
    ...(failure === undefined ? [] : [{ label: 'class', op: '=' as const, value: failure }]),
    ...(project === undefined ? [] : [{ label: 'project', op: '=' as const, value: project }]),
  ];
  const isOpen = mayChange && (adding || begun.length > 0);
  const done = () => {
    setAdding(false);
    void navigate({ search: { tab: 'silences' }, replace: true });
  };
  return (
    <Stack gap="lg">
      <Group justify="space-between">
        <Text size="sm" c="dimmed" flex={1} miw={200}>
          {t('silencesHint')}
        </Text>
        {mayChange && !isOpen && <Button onClick={() => setAdding(true)}>{t('addSilence')}</Button>}
      </Group>
      {isOpen && <SilenceForm key={`${failure} ${project}`} begun={begun} onDone={done} />}
      <OfStatus status="active" mayEnd={mayChange} />
      <OfStatus status="pending" mayEnd={mayChange} />
      <OfStatus status="expired" mayEnd={false} />
    </Stack>
  );
}

function OfStatus({ status, mayEnd }: { status: SilenceStatus; mayEnd: boolean }) {
  const { t } = useTranslation(['alerts', 'common']);
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useSilences(status);
  const silences = data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Section title={t(`silencesOf.${status}`)}>
      {error && <ErrorNotice error={error} onRetry={() => refetch()} />}
      {data && silences.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('none')}
        </Text>
      )}
      <ul className={classes.cards} aria-label={t(`silencesOf.${status}`)}>
        {silences.map((silence) => (
          <li key={silence.id}>
            <SilenceCard silence={silence} mayEnd={mayEnd} />
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <Button variant="subtle" w="max-content" loading={isFetchingNextPage} onClick={() => fetchNextPage()}>
          {t('showOlder')}
        </Button>
      )}
    </Section>
  );
}

function SilenceCard({ silence, mayEnd }: { silence: Silence; mayEnd: boolean }) {
  const { t } = useTranslation('alerts');
  const { time } = useFormat();
  const end = useEndSilence(silence.id);
  return (
    <Paper withBorder p="md">
      <Group justify="space-between" align="flex-start">
        <Stack gap="xs" className={classes.main}>
          <Group gap="sm">
            <Badge variant="dot" tt="none" radius="sm" color={statusColors[silence.status]}>
              {t(`silenceStatus.${silence.status}`)}
            </Badge>
            <Text fw={600} className={classes.url}>
              {silence.reason}
            </Text>
          </Group>
          <Matchers matchers={silence.matchers} />
          <Text size="xs" c="dimmed">
            {time(silence.starts_at)} – {time(silence.ends_at)} · {silence.author}
          </Text>
        </Stack>
        {mayEnd && (
          <Stack gap={4} align="flex-end">
            <ConfirmButton
              label={t('endNow')}
              sureLabel={t('endNowSure')}
              about={silence.reason}
              loading={end.isPending}
              onConfirm={() => end.mutate()}
            />
            <ErrorText error={end.error} />
          </Stack>
        )}
      </Group>
    </Paper>
  );
}
