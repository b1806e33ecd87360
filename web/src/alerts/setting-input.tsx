// The field of one setting of a channel, as its schema asks for it.
import { Button, Fieldset, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import classes from './alerts.module.css';
import { newPair, type PairRow } from './pair-rows.ts';
import type { SettingField, Typed } from './settings-values.ts';

interface SettingInputProps {
  field: SettingField;
  value: Typed;
  error: string | undefined;
  onChange: (value: Typed) => void;
}

export function SettingInput({ field, value, error, onChange }: SettingInputProps) {
  const { t } = useTranslation('alerts');
  const { title: label, description, kind, choices } = field;
  if (kind === 'pairs') {
    return <PairsInput field={field} rows={typeof value === 'string' ? [] : value} error={error} onChange={onChange} />;
  }
  const text = typeof value === 'string' ? value : '';
  if (kind === 'choice' || kind === 'yes-no') {
    const options =
      kind === 'choice'
        ? choices.map((one) => ({ value: one, label: one }))
        : ['true', 'false'].map((one) => ({ value: one, label: t(one === 'true' ? 'yes' : 'no') }));
    return (
      <NativeSelect
        label={label}
        description={description}
        value={text}
        error={error}
        data={[{ value: '', label: t('usual') }, ...options]}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  return (
    <TextInput
      label={label}
      description={description}
      type={kind === 'number' ? 'number' : 'text'}
      value={text}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

interface PairsInputProps {
  field: SettingField;
  rows: readonly PairRow[];
  error: string | undefined;
  onChange: (rows: readonly PairRow[]) => void;
}

function PairsInput({ field: { title, description }, rows, error, onChange }: PairsInputProps) {
  const { t } = useTranslation('alerts');
  const change = (row: PairRow, next: Partial<PairRow>) =>
    onChange(rows.map((one) => (one === row ? { ...row, ...next } : one)));
  return (
    <Fieldset legend={title} className={classes.fieldset}>
      <Stack gap="xs">
        <Text size="xs" c="dimmed">
          {description}
        </Text>
        {rows.map((row, index) => (
          <div key={row.key} className={classes.pairRow}>
            <TextInput
              aria-label={t('pairName', { title, number: index + 1 })}
              placeholder={t('pairNameHint')}
              value={row.name}
              onChange={(event) => change(row, { name: event.currentTarget.value })}
            />
            <TextInput
              aria-label={t('pairValue', { title, number: index + 1 })}
              placeholder={t('pairValueHint')}
              value={row.value}
              onChange={(event) => change(row, { value: event.currentTarget.value })}
            />
            <Button
              variant="subtle"
              px="xs"
              aria-label={t('removePair', { title, number: index + 1 })}
              onClick={() => onChange(rows.filter((one) => one !== row))}
            >
              ×
            </Button>
          </div>
        ))}
        {error && (
          <Text size="xs" role="alert" c="var(--mantine-color-error)">
            {error}
          </Text>
        )}
        <Button
          size="compact-sm"
          variant="default"
          w="max-content"
          disabled={rows.length >= 50}
          onClick={() => onChange([...rows, newPair()])}
        >
          {t('addPair')}
        </Button>
      </Stack>
    </Fieldset>
  );
}
