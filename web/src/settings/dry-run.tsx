// What detectors with the options of the form would have found in a past run. Nothing is stored.
import { Autocomplete, Button, Group, Stack, Table, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DetectorOptions, DryRunAnswer } from '../../../src/contracts/detectors.ts';
import { useFoundRuns } from '../api/run-queries.ts';
import { useDryRun } from '../api/settings-queries.ts';
import { SeverityBadge } from '../components/badges.tsx';
import { ErrorNotice } from '../components/error-notice.tsx';
import { ScrollBox } from '../components/scroll-box.tsx';
import { useFormat } from '../i18n/use-format.ts';
import type { DetectorItem } from './detector-form.ts';
import classes from './settings.module.css';

interface DryRunProps {
  project: string;
  options: DetectorOptions;
  detectors: readonly DetectorItem[];
  disabled: boolean;
}

export function DryRun({ project, options, detectors, disabled }: DryRunProps) {
  const { t } = useTranslation('settings');
  const [run, setRun] = useState('');
  const runs = useFoundRuns({ project, q: run === '' ? undefined : run });
  const dryRun = useDryRun();
  const ids = runs.data?.items.map(({ id }) => id) ?? [];
  return (
    <Stack gap="sm">
      <Group align="flex-end">
        <Autocomplete
          label={t('dryRunOn')}
          description={t('dryRunHint')}
          placeholder={t('runId')}
          data={ids}
          value={run}
          onChange={setRun}
          miw={240}
        />
        <Button
          variant="default"
          loading={dryRun.isPending}
          disabled={disabled || run.trim() === ''}
          onClick={() => dryRun.mutate({ run: run.trim(), options })}
        >
          {t('tryIt')}
        </Button>
      </Group>
      {dryRun.error && <ErrorNotice error={dryRun.error} />}
      {dryRun.data && <Outcome answer={dryRun.data} detectors={detectors} />}
    </Stack>
  );
}

/** Findings shown; the number of all is told. */
const maxShown = 100;

function Outcome({ answer, detectors }: { answer: DryRunAnswer; detectors: readonly DetectorItem[] }) {
  const { t } = useTranslation('settings');
  const { number } = useFormat();
  const { findings, points, complete } = answer;
  const titles = new Map(detectors.map(({ id, title }) => [id, title]));
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600} role="status">
        {t('wouldFind', { count: findings.length, points })}
        {!complete && ` ${t('notAllPoints')}`}
      </Text>
      {answer.classes.length > 0 && (
        <Text size="sm">
          {t('wouldMean')} <code>{answer.classes.map((found) => found.class).join(', ')}</code>
        </Text>
      )}
      {findings.length > 0 && (
        <ScrollBox label={t('dryRunOn')} className={classes.scrolls}>
          <Table verticalSpacing={6} striped>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('found.step')}</Table.Th>
                <Table.Th>{t('found.detector')}</Table.Th>
                <Table.Th>{t('found.severity')}</Table.Th>
                <Table.Th>{t('found.what')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {findings.slice(0, maxShown).map(({ id, ref, step, rank, severity, text }) => (
                <Table.Tr key={`${id} ${ref} ${rank} ${step}`}>
                  <Table.Td>{step === null ? '–' : number(step)}</Table.Td>
                  <Table.Td>{titles.get(id) ?? id}</Table.Td>
                  <Table.Td>
                    <SeverityBadge severity={severity} />
                  </Table.Td>
                  <Table.Td>{text}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollBox>
      )}
      {findings.length > maxShown && (
        <Text size="xs" c="dimmed">
          {t('firstShown', { count: maxShown })}
        </Text>
      )}
    </Stack>
  );
}
