// Shown for an address that names no page.
import { Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { PageTitle } from '../components/page-title.tsx';
import { RouteLink } from '../components/route-link.tsx';

export function NotFoundPage() {
  const { t } = useTranslation(['incident', 'common']);
  return (
    <Stack align="flex-start">
      <PageTitle>{t('common:notFoundTitle')}</PageTitle>
      <RouteLink to="/incidents">{t('allIncidents')}</RouteLink>
    </Stack>
  );
}
