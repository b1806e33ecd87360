// Matchers: shown as one reads them, and edited row by row.
import { Autocomplete, Button, Fieldset, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { alertLabels } from '../../../src/contracts/alerts.ts';
import type { Matcher } from '../api/alert-rule-queries.ts';
import type { PlacedErrors } from '../api/field-errors.ts';
import { readChoice } from '../search/params.ts';
import classes from './alerts.module.css';
import { type MatcherRow, toRows } from './matcher-rows.ts';

export const labelChoices = [
  'class',
  'cause',
  'severity',
  'project',
  'run',
  'framework',
  'event',
] as const satisfies readonly (typeof alertLabels)[number][];
const ops = ['=', '!=', '=~', '!~'] as const satisfies readonly Matcher['op'][];

export function Matchers({ matchers }: { matchers: readonly Matcher[] }) {
  const { t } = useTranslation('alerts');
  if (matchers.length === 0) return <Text size="sm">{t('everything')}</Text>;
  return (
    <ul className={classes.matchers}>
      {matchers.map(({ label, op, value }) => (
        <li key={`${label}${op}${value}`}>
          <code>
            {label} {op} {value === '' ? '""' : value}
          </code>
        </li>
      ))}
    </ul>
  );
}

interface MatchersFieldProps {
  rows: readonly MatcherRow[];
  onChange: (rows: MatcherRow[]) => void;
  /** What matchers do here. */
  description: string;
  errors: PlacedErrors;
}

export function MatchersField({ rows, onChange, description, errors }: MatchersFieldProps) {
  const { t } = useTranslation('alerts');
  const change = (row: MatcherRow, next: Partial<Matcher>) =>
    onChange(rows.map((one) => (one === row ? { ...row, ...next } : one)));
  const whole = rows.some((_, index) => errors.at(`/matchers/${index}`)) ? undefined : errors.at('/matchers');
  return (
    <Fieldset legend={t('matchers')} className={classes.fieldset}>
      <Stack gap="xs">
        <Text size="xs" c="dimmed">
          {description}
        </Text>
        {rows.map((row, index) => (
          <div key={row.key} className={classes.matcherRow}>
            <Autocomplete
              aria-label={t('matcherLabel', { number: index + 1 })}
              placeholder="class"
              data={[...labelChoices, 'tag.']}
              required
              value={row.label}
              error={errors.at(`/matchers/${index}/label`)}
              onChange={(label) => change(row, { label })}
            />
            <NativeSelect
              aria-label={t('matcherOp', { number: index + 1 })}
              data={ops.map((op) => ({ value: op, label: `${op}  ${t(`op.${op}`)}` }))}
              value={row.op}
              onChange={(event) => change(row, { op: readChoice(ops, event.currentTarget.value) ?? '=' })}
            />
            <TextInput
              aria-label={t('matcherValue', { number: index + 1 })}
              value={row.value}
              error={errors.at(`/matchers/${index}/value`)}
              onChange={(event) => change(row, { value: event.currentTarget.value })}
            />
            <Button
              variant="subtle"
              px="xs"
              aria-label={t('removeMatcher', { number: index + 1 })}
              onClick={() => onChange(rows.filter((one) => one !== row))}
            >
              ×
            </Button>
          </div>
        ))}
        {whole && (
          <Text size="xs" role="alert" c="var(--mantine-color-error)">
            {whole}
          </Text>
        )}
        <Button
          size="compact-sm"
          variant="default"
          w="max-content"
          disabled={rows.length >= 20}
          onClick={() => onChange([...rows, ...toRows([{ label: '', op: '=', value: '' }])])}
        >
          {t('addMatcher')}
        </Button>
      </Stack>
    </Fieldset>
  );
}
