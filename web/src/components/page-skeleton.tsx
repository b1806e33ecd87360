// What stands where a page will be while its code or its first answer comes.
import { Skeleton, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';

export function PageSkeleton() {
  const { t } = useTranslation();
  return (
    <Stack gap="lg" role="status" aria-label={t('loading')}>
      <Skeleton height={32} width="min(22rem, 70%)" />
      <Skeleton height={120} />
      <Skeleton height={320} />
    </Stack>
  );
}
