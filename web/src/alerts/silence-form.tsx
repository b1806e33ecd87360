// A new silence: what is silenced, until when, and why. Its author is whoever is logged in.
import { Button, Group, Paper, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Matcher, useCreateSilence } from '../api/alert-rule-queries.ts';
import { placeErrors } from '../api/field-errors.ts';
import { Section } from '../components/section.tsx';
import { useFormat } from '../i18n/use-format.ts';
import { useSession } from '../session.ts';
import { browserZone, fromLocalInput, toLocalInput } from './local-input.ts';
import { fromRows, toRows } from './matcher-rows.ts';
import { MatchersField } from './matchers.tsx';
import { SaveButtons } from './save-buttons.tsx';

const lengthsS = [3_600, 4 * 3_600, 86_400, 7 * 86_400];
const fieldPaths = ['/matchers', '/reason', '/starts_at', '/ends_at'];

export function SilenceForm({ begun, onDone }: { begun: readonly Matcher[]; onDone: () => void }) {
  const { t } = useTranslation('alerts');
  const { duration } = useFormat();
  const session = useSession();
  const create = useCreateSilence();
  const [rows, setRows] = useState(() => toRows(begun.length > 0 ? begun : [{ label: '', op: '=', value: '' }]));
  const [reason, setReason] = useState('');
  const [starts, setStarts] = useState('');
  const [ends, setEnds] = useState(() => toLocalInput(Date.now() + 4 * 3_600_000));
  const errors = placeErrors(create.error, fieldPaths);
  const lastFrom = (seconds: number) => {
    const from = starts === '' ? Date.now() : new Date(starts).getTime();
    setEnds(toLocalInput(from + seconds * 1000));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (create.isPending) return;
    const startsAt = fromLocalInput(starts);
    const silence = {
      matchers: fromRows(rows),
      reason: reason.trim(),
      ...(startsAt !== null && { starts_at: startsAt }),
      ends_at: fromLocalInput(ends) ?? '',
    };
    create.mutate(silence, { onSuccess: onDone });
  };
  return (
    <Section title={t('newSilence')}>
      <Paper withBorder p="md" component="form" onSubmit={submit}>
        <Stack gap="md">
          <MatchersField rows={rows} description={t('silenceMatchersHint')} errors={errors} onChange={setRows} />
          <TextInput
            label={t('reason')}
            required
            maxLength={1_000}
            value={reason}
            error={errors.at('/reason')}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <TextInput
              type="datetime-local"
              label={t('starts')}
              description={t('startsHint')}
              value={starts}
              error={errors.at('/starts_at')}
              onChange={(event) => setStarts(event.currentTarget.value)}
            />
            <TextInput
              type="datetime-local"
              label={t('ends')}
              description={t('yourTime', { zone: browserZone })}
              required
              value={ends}
              error={errors.at('/ends_at')}
              onChange={(event) => setEnds(event.currentTarget.value)}
            />
          </SimpleGrid>
          <Group gap="xs">
            {lengthsS.map((seconds) => (
              <Button key={seconds} size="compact-sm" variant="default" onClick={() => lastFrom(seconds)}>
                {duration(seconds)}
              </Button>
            ))}
          </Group>
          {session.status === 'in' && (
            <Text size="xs" c="dimmed">
              {t('byAuthor', { name: session.session.name })}
            </Text>
          )}
          <SaveButtons label={t('makeSilence')} isPending={create.isPending} error={errors.rest} onCancel={onDone} />
        </Stack>
      </Paper>
    </Section>
  );
}
