// A time zone by its IANA name, proposed as one types.
import { Autocomplete } from '@mantine/core';
import { useTranslation } from 'react-i18next';

interface ZoneFieldProps {
  value: string;
  onChange: (zone: string) => void;
  error?: string | undefined;
}

export function ZoneField({ value, onChange, error }: ZoneFieldProps) {
  const { t } = useTranslation('alerts');
  return (
    <Autocomplete
      label={t('timeZone')}
      data={[...Intl.supportedValuesOf('timeZone'), 'UTC']}
      limit={8}
      value={value}
      error={error}
      onChange={onChange}
    />
  );
}
