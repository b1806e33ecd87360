// A new secret for an endpoint: shown this once, with the time until which the old one signs, too.
import { Button, Group, NativeSelect, Paper, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Channel, useRotateSecret } from '../api/alert-queries.ts';
import { placeErrors } from '../api/field-errors.ts';
import { CopyBlock } from '../components/copy-block.tsx';
import { useFormat } from '../i18n/use-format.ts';
import { SaveButtons } from './save-buttons.tsx';

const overlapsS = [86_400, 3_600, 7 * 86_400, 0];

interface RotateSecretProps {
  id: string;
  /** A bot's secret is given by its service, any other is made here. */
  channel: Channel;
  onDone: () => void;
}

export function RotateSecret({ id, channel, onDone }: RotateSecretProps) {
  const { t } = useTranslation('alerts');
  const { duration, time } = useFormat();
  const rotate = useRotateSecret(id);
  const [secret, setSecret] = useState('');
  const [overlapS, setOverlapS] = useState(overlapsS[0] ?? 0);
  const isGiven = channel.secret === 'given';
  const errors = placeErrors(rotate.error, ['/secret']);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!rotate.isPending) rotate.mutate(isGiven ? { secret: secret.trim() } : { overlap_s: overlapS });
  };
  if (rotate.data) {
    const until = rotate.data.old_secret_until;
    return (
      <Paper withBorder p="md" role="status">
        <Stack gap="sm">
          {isGiven || rotate.data.secret === null ? (
            <Text size="sm">{t('secretReplaced')}</Text>
          ) : (
            <>
              <Text size="sm">{t('newSecretOnce')}</Text>
              <CopyBlock text={rotate.data.secret} label={t('secret')} />
              <Text size="sm">
                {until === null || overlapS === 0 ? t('oldSecretGone') : t('oldSecretUntil', { until: time(until) })}
              </Text>
            </>
          )}
          <Button w="max-content" onClick={onDone}>
            {t('done')}
          </Button>
        </Stack>
      </Paper>
    );
  }
  return (
    <Paper withBorder p="md" component="form" onSubmit={submit}>
      <Stack gap="sm">
        {isGiven ? (
          <TextInput
            label={t('newSecret')}
            description={channel.secret_rule}
            type="password"
            autoComplete="off"
            required
            value={secret}
            error={errors.at('/secret')}
            onChange={(event) => setSecret(event.currentTarget.value)}
          />
        ) : (
          <Group>
            <NativeSelect
              label={t('oldSecretSigns')}
              value={String(overlapS)}
              data={overlapsS.map((value) => ({
                value: String(value),
                label: value === 0 ? t('oldSecretEndsNow') : duration(value),
              }))}
              onChange={(event) => setOverlapS(Number(event.currentTarget.value))}
            />
          </Group>
        )}
        <SaveButtons label={t('rotate')} isPending={rotate.isPending} error={errors.rest} onCancel={onDone} />
      </Stack>
    </Paper>
  );
}
