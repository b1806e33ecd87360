// What is set once and looked up seldom: projects, tokens (admins only), the catalogue. The open part stands in the address.
import { Group, Stack, Tabs } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useRole } from '../api/use-api.ts';
import { PageTitle } from '../components/page-title.tsx';
import { RouteLink } from '../components/route-link.tsx';
import { readChoice } from '../search/params.ts';
import { settingsTabs } from '../search/settings.ts';
import { Catalogue } from '../settings/catalogue.tsx';
import { Projects } from '../settings/projects.tsx';
import { Tokens } from '../settings/tokens.tsx';

const page = getRouteApi('/settings');

export function SettingsPage() {
  const { t } = useTranslation(['settings', 'common']);
  const { tab = 'projects' } = page.useSearch();
  const navigate = page.useNavigate();
  const mayChange = useRole() === 'admin';
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <PageTitle>{t('common:pages.settings')}</PageTitle>
        <RouteLink to="/system" size="sm">
          {t('common:pages.system')}
        </RouteLink>
      </Group>
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(next) => void navigate({ search: { tab: readChoice(settingsTabs, next) } })}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="projects">{t('tab.projects')}</Tabs.Tab>
          {mayChange && <Tabs.Tab value="tokens">{t('tab.tokens')}</Tabs.Tab>}
          <Tabs.Tab value="catalogue">{t('tab.catalogue')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="projects">
          <Projects />
        </Tabs.Panel>
        {mayChange && (
          <Tabs.Panel value="tokens">
            <Tokens />
          </Tabs.Panel>
        )}
        <Tabs.Panel value="catalogue">
          <Catalogue />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}
