// Brand, pages, and below them the reader's own things: live sign, language, colours, log-out.
import { ActionIcon, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Session } from '../api/answers.ts';
import { useReadiness } from '../api/system-queries.ts';
import {
  BellIcon,
  GearIcon,
  IncidentIcon,
  LogOutIcon,
  Logo,
  OverviewIcon,
  PulseIcon,
  RunsIcon,
  StethoscopeIcon,
} from '../components/icons.tsx';
import { RouteLink } from '../components/route-link.tsx';
import { useLocale } from '../i18n/i18n.ts';
import { useLiveState } from '../live/live-provider.tsx';
import { logOut } from '../session.ts';
import { navigation, type PageName } from './navigation.ts';
import { ColorSchemeButton, LanguageButton } from './preferences.tsx';
import classes from './shell.module.css';

const icons: Record<PageName, ReactNode> = {
  overview: <OverviewIcon />,
  incidents: <IncidentIcon />,
  runs: <RunsIcon />,
  diagnose: <StethoscopeIcon />,
  alerts: <BellIcon />,
  settings: <GearIcon />,
  system: <PulseIcon />,
};

export function SideBar({ session, onNavigate }: { session: Session; onNavigate: () => void }) {
  const { t } = useTranslation();
  return (
    <>
      <RouteLink to="/" underline="never" c="inherit" className={classes.brand} onClick={onNavigate}>
        <Logo />
        Losswatch
      </RouteLink>
      <nav aria-label={t('menu')} className={classes.nav}>
        {navigation.map(({ to, name, key }) => (
          <RouteLink
            key={to}
            to={to}
            activeOptions={{ exact: to === '/' }}
            underline="never"
            className={classes.entry}
            activeProps={{ 'data-active': true, 'aria-current': 'page' } as object}
            aria-keyshortcuts={`g ${key}`}
            onClick={onNavigate}
          >
            {icons[name]}
            <span>{t(`pages.${name}`)}</span>
            <span className={classes.key} aria-hidden="true">
              g {key}
            </span>
          </RouteLink>
        ))}
      </nav>
      <div className={classes.own}>
        <ServiceLine />
        <LiveSign />
        <Group justify="space-between" wrap="nowrap">
          <Text size="xs" c="dimmed" truncate>
            {t(`role.${session.role === 'admin' ? 'admin' : 'read'}`)}
            {session.project !== null && ` · ${session.project}`}
          </Text>
          <LogOutButton />
        </Group>
        <Group justify="space-between" wrap="nowrap">
          <LanguageButton />
          <ColorSchemeButton />
        </Group>
      </div>
    </>
  );
}

function LogOutButton() {
  const { t } = useTranslation();
  const { locale } = useLocale();
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size={30}
      aria-label={t('logOut')}
      title={t('logOut')}
      onClick={() => void logOut(locale)}
    >
      <LogOutIcon />
    </ActionIcon>
  );
}

function LiveSign() {
  const { t } = useTranslation();
  const state = useLiveState();
  return (
    <Text size="xs" c="dimmed" className={classes.live} data-state={state}>
      {t(`live.${state}`)}
    </Text>
  );
}

function ServiceLine() {
  const { t } = useTranslation();
  const { data, isError } = useReadiness();
  if (isError) return <Text size="xs">{t('unreachable')}</Text>;
  if (data === undefined) return null;
  const broken = data.checks.filter((check) => !check.ok).map((check) => `${check.name}: ${check.detail}`);
  return (
    <RouteLink to="/system" size="xs" c="dimmed" title={data.dfl?.device}>
      {data.status === 'ready' ? t('serviceReady') : [t('serviceNotReady'), ...broken].join(', ')}
      {data.dfl && ` · ${t('dflBackend', { backend: data.dfl.chosen })}`}
    </RouteLink>
  );
}
