// Who is told when something breaks, and when nobody is: endpoints, routes, silences, maintenance windows. The open part stands in the address.
import { Stack, Tabs } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Endpoints } from '../alerts/endpoints.tsx';
import { MaintenanceWindows } from '../alerts/maintenance-windows.tsx';
import { Routes } from '../alerts/routes.tsx';
import { Silences } from '../alerts/silences.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { alertsTabs } from '../search/alerts.ts';
import { readChoice } from '../search/params.ts';

const page = getRouteApi('/alerts');

export function AlertsPage() {
  const { t } = useTranslation(['alerts', 'common']);
  const { tab = 'endpoints', endpoint } = page.useSearch();
  const navigate = page.useNavigate();
  return (
    <Stack gap="md">
      <PageTitle>{t('common:pages.alerts')}</PageTitle>
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(next) => void navigate({ search: { tab: readChoice(alertsTabs, next) } })}
      >
        <Tabs.List mb="md">
          {alertsTabs.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`tab.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="endpoints">
          <Endpoints linked={endpoint} />
        </Tabs.Panel>
        <Tabs.Panel value="routes">
          <Routes />
        </Tabs.Panel>
        <Tabs.Panel value="silences">
          <Silences />
        </Tabs.Panel>
        <Tabs.Panel value="maintenance">
          <MaintenanceWindows />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}
