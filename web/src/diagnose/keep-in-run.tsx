// Stores what was diagnosed in a run, for those who ask for it: until then nothing of it is stored.
import { Button, Group, Paper, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Question, useKeepInRun } from '../api/diagnosis-queries.ts';
import { ErrorNotice } from '../components/error-notice.tsx';
import { RouteLink } from '../components/route-link.tsx';
import { Section } from '../components/section.tsx';

/** As the API takes ids of runs. */
const runId = '[A-Za-z0-9_.\\-]{1,64}';

export function KeepInRun({ question }: { question: Question }) {
  const { t } = useTranslation('diagnose');
  const [run, setRun] = useState('');
  const keep = useKeepInRun();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!keep.isPending) keep.mutate({ run, question });
  };
  return (
    <Section title={t('keepTitle')}>
      <Paper withBorder p="md" component="form" onSubmit={submit}>
        <Group align="flex-end">
          <TextInput
            label={t('keepRun')}
            description={t('keepHint')}
            required
            pattern={runId}
            value={run}
            onChange={(event) => setRun(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" loading={keep.isPending}>
            {t('keep')}
          </Button>
        </Group>
        {keep.error && <ErrorNotice error={keep.error} title={t('notKept')} />}
        {keep.data !== undefined && (
          <Text size="sm" mt="sm" role="status">
            {t('kept')}{' '}
            <RouteLink to="/runs/$id" params={{ id: keep.data }} inherit>
              {keep.data}
            </RouteLink>
          </Text>
        )}
      </Paper>
    </Section>
  );
}
