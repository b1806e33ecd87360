// Shown for an address that names no page.
import { Stack } from '@mantine/core';
import { PageTitle } from '../components/page-title.tsx';
import { useLocale } from '../locales/locale-context.tsx';
import { RouteLink } from '../navigation.tsx';

export function NotFoundPage() {
  const { t } = useLocale();
  return (
    <Stack align="flex-start">
      <PageTitle>{t.notFoundTitle}</PageTitle>
      <RouteLink to="/incidents">{t.allIncidents}</RouteLink>
    </Stack>
  );
}
