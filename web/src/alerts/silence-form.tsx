// A new silence: what is silenced, until when, and why. Its author is whoever is logged in.
import { Button, Group, SimpleGrid, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Matcher, useCreateSilence } from '../api/alert-rule-queries.ts';
import { placeErrors } from '../api/field-errors.ts';
import { useFormat } from '../i18n/use-format.ts';
import { useSession } from '../session.ts';
import { FormFrame } from './form-frame.tsx';
import { fromLocalInput, toLocalInput } from './local-input.ts';
import { fromRows, toRows } from './matcher-rows.ts';
import { MatchersField } from './matchers.tsx';
import { TimeRange } from './time-range.tsx';

const lengthsS = [3_600, 4 * 3_600, 86_400, 7 * 86_400];
const fieldPaths = ['/matchers', '/reason', '/starts_at', '/ends_at'];

export function SilenceForm({ begun, onDone }: { begun: readonly Matcher[]; onDone: () => void }) {
  const { t } = useTranslation('alerts');
  const { duration } = useFormat();
  const session = useSession();
  const create = useCreateSilence();
  const [rows, setRows] = useState(() => toRows(begun.length > 0 ? begun : [{ label: '', op: '=', value: '' }]));
  const [reason, setReason] = useState('');
  const [range, setRange] = useState(() => ({ starts: '', ends: toLocalInput(Date.now() + 4 * 3_600_000) }));
  const errors = placeErrors(create.error, fieldPaths);
  const lastFor = (seconds: number) => {
    const from = range.starts === '' ? Date.now() : new Date(range.starts).getTime();
    setRange({ ...range, ends: toLocalInput(from + seconds * 1000) });
  };
  const submit = () => {
    const startsAt = fromLocalInput(range.starts);
    const silence = {
      matchers: fromRows(rows),
      reason: reason.trim(),
      ...(startsAt !== null && { starts_at: startsAt }),
      ends_at: fromLocalInput(range.ends) ?? '',
    };
    create.mutate(silence, { onSuccess: onDone });
  };
  return (
    <FormFrame
      title={t('newSilence')}
      label={t('makeSilence')}
      isPending={create.isPending}
      error={errors.rest}
      onSubmit={submit}
      onCancel={onDone}
    >
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
        <TimeRange value={range} errors={errors} startsNow onChange={setRange} />
      </SimpleGrid>
      <Group gap="xs">
        {lengthsS.map((seconds) => (
          <Button key={seconds} size="compact-sm" variant="default" onClick={() => lastFor(seconds)}>
            {duration(seconds)}
          </Button>
        ))}
      </Group>
      {session.status === 'in' && (
        <Text size="xs" c="dimmed">
          {t('byAuthor', { name: session.session.name })}
        </Text>
      )}
    </FormFrame>
  );
}
