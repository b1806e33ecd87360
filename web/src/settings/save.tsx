// The button that saves a part of a project, and what became of it. Readers have none.
import { Button, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { useChangeProject } from '../api/settings-queries.ts';
import { useRole } from '../api/use-api.ts';
import { ErrorNotice } from '../components/error-notice.tsx';

interface SaveProps {
  change: ReturnType<typeof useChangeProject>;
  disabled?: boolean;
  onSave: () => void;
}

export function Save({ change, disabled = false, onSave }: SaveProps) {
  const { t } = useTranslation('settings');
  if (useRole() !== 'admin') return null;
  return (
    <>
      {change.error && <ErrorNotice error={change.error} title={t('notSaved')} />}
      <Group gap="sm">
        <Button size="xs" disabled={disabled} loading={change.isPending} onClick={onSave}>
          {t('save')}
        </Button>
        {change.isSuccess && (
          <Text size="xs" role="status">
            {t('saved')}
          </Text>
        )}
      </Group>
    </>
  );
}
