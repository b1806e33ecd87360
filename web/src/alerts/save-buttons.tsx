// The end of a form: what went wrong as a whole, save, cancel.
import { Button, Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ErrorNotice } from '../components/error-notice.tsx';

export interface SaveButtonsProps {
  label: string;
  isPending: boolean;
  /** What no field tells. */
  error: Error | null;
  onCancel: () => void;
}

export function SaveButtons({ label, isPending, error, onCancel }: SaveButtonsProps) {
  const { t } = useTranslation('alerts');
  return (
    <>
      {error && <ErrorNotice error={error} title={t('notSaved')} />}
      <Group>
        <Button type="submit" loading={isPending}>
          {label}
        </Button>
        <Button variant="subtle" onClick={onCancel}>
          {t('cancel')}
        </Button>
      </Group>
    </>
  );
}
