// What stands where runs will be: how to send the first one, and a sign that lights up when its first point comes.
import { Alert, Button, Group, Loader, Paper, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRecentRuns } from '../api/run-queries.ts';
import { useCreateToken } from '../api/token-queries.ts';
import { useRole } from '../api/use-api.ts';
import { CopyBlock } from '../components/copy-block.tsx';
import { ErrorNotice } from '../components/error-notice.tsx';
import { CheckIcon } from '../components/icons.tsx';
import { RouteLink } from '../components/route-link.tsx';
import { useFormat } from '../i18n/use-format.ts';
import { type FirstRunWay, firstRunCommands, firstRunWays } from './first-run-commands.ts';

export function FirstRun() {
  const { t } = useTranslation(['overview', 'common']);
  const [way, setWay] = useState<FirstRunWay>('curl');
  const isAdmin = useRole() === 'admin';
  const { data: created, mutate, isPending, error } = useCreateToken();
  return (
    <Paper withBorder p="xl">
      <Stack gap="md" maw={820} mx="auto">
        <div>
          <Title order={2} size="h3">
            {t('firstRun.title')}
          </Title>
          <Text c="dimmed">{t('firstRun.intro')}</Text>
        </div>
        <Group justify="space-between">
          <SegmentedControl
            aria-label={t('firstRun.way')}
            value={way}
            onChange={(value) => setWay(value as FirstRunWay)}
            data={firstRunWays.map((value) => ({ value, label: t(`firstRun.ways.${value}`) }))}
          />
          {isAdmin && created === undefined && (
            <Button
              variant="light"
              loading={isPending}
              onClick={() => mutate({ name: t('firstRun.tokenName'), role: 'ingest' })}
            >
              {t('firstRun.makeToken')}
            </Button>
          )}
        </Group>
        {error && <ErrorNotice error={error} />}
        {created && (
          <Text size="sm" role="status">
            {t('firstRun.tokenMade')}
          </Text>
        )}
        {!isAdmin && (
          <Text size="sm" c="dimmed">
            {t('firstRun.askForToken')}
          </Text>
        )}
        <CopyBlock
          text={firstRunCommands(way, window.location.origin, created?.token ?? null)}
          label={t(`firstRun.ways.${way}`)}
        />
        <FirstPoint />
      </Stack>
    </Paper>
  );
}

/** Waits for a run, then for its first point, and says each when it came. */
function FirstPoint() {
  const { t } = useTranslation(['overview', 'common']);
  const format = useFormat();
  const { data } = useRecentRuns();
  const run = data?.items.find(({ last_step: step }) => step !== null) ?? data?.items[0];
  if (run === undefined || run.last_step === null) {
    return (
      <Group gap="sm" role="status">
        <Loader size="xs" type="dots" aria-hidden="true" />
        <Text size="sm" c="dimmed">
          {run === undefined ? t('firstRun.waiting') : t('firstRun.registered', { name: run.name })}
        </Text>
      </Group>
    );
  }
  return (
    <Alert color="teal" variant="light" icon={<CheckIcon />} role="status" title={t('firstRun.came')}>
      <Group justify="space-between">
        <Text size="sm">{t('firstRun.cameText', { name: run.name, step: format.number(run.last_step) })}</Text>
        <RouteLink to="/runs/$id" params={{ id: run.id }} size="sm" fw={600}>
          {t('firstRun.open')}
        </RouteLink>
      </Group>
    </Alert>
  );
}
