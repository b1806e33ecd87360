// What went wrong with a call, in words, with a way to try again.
import { Alert, Button, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ErrorWords } from './error-words.tsx';
import { WarningIcon } from './icons.tsx';

interface ErrorNoticeProps {
  error: Error;
  /** What the failure means here; said before the reason. */
  title?: string;
  onRetry?: () => void;
}

export function ErrorNotice({ error, title, onRetry }: ErrorNoticeProps) {
  const { t } = useTranslation();
  return (
    <Alert color="orange" variant="light" icon={<WarningIcon />} title={title ?? t('requestFailed')} role="alert">
      <Group justify="space-between">
        <Text size="sm">
          <ErrorWords error={error} />
        </Text>
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry}>
            {t('retry')}
          </Button>
        )}
      </Group>
    </Alert>
  );
}
