// When something begins and ends, in the reader's own time.
import { TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { PlacedErrors } from '../api/field-errors.ts';
import { browserZone } from './local-input.ts';

/** As <input type="datetime-local"> has times (local-input.ts). */
export interface LocalRange {
  starts: string;
  ends: string;
}

interface TimeRangeProps {
  value: LocalRange;
  onChange: (range: LocalRange) => void;
  errors: PlacedErrors;
  /** An empty start means now. */
  startsNow?: boolean;
}

/** Two fields, for a grid that has room for them. */
export function TimeRange({ value, onChange, errors, startsNow = false }: TimeRangeProps) {
  const { t } = useTranslation('alerts');
  const yourTime = t('yourTime', { zone: browserZone });
  return (
    <>
      <TextInput
        type="datetime-local"
        label={t('starts')}
        description={startsNow ? t('startsHint') : yourTime}
        required={!startsNow}
        value={value.starts}
        error={errors.at('/starts_at')}
        onChange={(event) => onChange({ ...value, starts: event.currentTarget.value })}
      />
      <TextInput
        type="datetime-local"
        label={t('ends')}
        description={yourTime}
        required
        value={value.ends}
        error={errors.at('/ends_at')}
        onChange={(event) => onChange({ ...value, ends: event.currentTarget.value })}
      />
    </>
  );
}
