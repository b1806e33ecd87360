// Shown where a page broke or its code did not come: the frame stays, and so does every other page.
import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { WarningIcon } from '../components/icons.tsx';
import { PageTitle } from '../components/page-title.tsx';

export function PageFailed({ error }: ErrorComponentProps) {
  const { t } = useTranslation();
  return (
    <Stack>
      <PageTitle>{t('pageFailedTitle')}</PageTitle>
      <Alert color="orange" variant="light" icon={<WarningIcon />} role="alert">
        <Group justify="space-between">
          <Text size="sm">{t('pageFailedText')}</Text>
          <Button size="xs" variant="default" onClick={() => window.location.reload()}>
            {t('reload')}
          </Button>
        </Group>
      </Alert>
      <Code block tabIndex={0} aria-label={t('pageFailedTitle')}>
        {error instanceof Error ? error.message : String(error)}
      </Code>
    </Stack>
  );
}
