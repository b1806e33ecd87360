// What stands where an answer will be.
import { Skeleton } from '@mantine/core';
import { useTranslation } from 'react-i18next';

export function Loading({ height }: { height: number }) {
  const { t } = useTranslation('common');
  return <Skeleton height={height} role="status" aria-label={t('loading')} />;
}
