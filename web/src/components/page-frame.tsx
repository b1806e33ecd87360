// The frame around every page: brand, language, colour scheme, log-out, and a line on the service's health.
import {
  ActionIcon,
  Button,
  Container,
  Group,
  Text,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import type { ReactNode } from 'react';
import { useReadiness } from '../api/queries.ts';
import { dictionaries } from '../locales/choose-locale.ts';
import { useLocale } from '../locales/locale-context.tsx';
import { RouteLink } from '../navigation.tsx';
import { diagnosePath, systemPath } from '../routes.ts';
import { endSession, useSession } from '../session.ts';
import { Logo, MoonIcon, SunIcon } from './icons.tsx';
import classes from './page-frame.module.css';

export function PageFrame({ children }: { children: ReactNode }) {
  const { t } = useLocale();
  const { token } = useSession();
  return (
    <div className={classes.page}>
      <a href="#content" className={classes.skip}>
        {t.skipToContent}
      </a>
      <header className={classes.header}>
        <Container size="xl" className={classes.bar}>
          <RouteLink to="/incidents" underline="never" c="inherit" className={classes.brand}>
            <Logo />
            Losswatch
          </RouteLink>
          <Group gap={6} wrap="nowrap" ml="auto">
            {token !== null && (
              <>
                <RouteLink to={diagnosePath} size="sm" px="xs">
                  {t.diagnose}
                </RouteLink>
                <RouteLink to={systemPath} size="sm" px="xs">
                  {t.system}
                </RouteLink>
              </>
            )}
            <LanguageButton />
            <ColorSchemeButton />
            {token !== null && (
              <Button variant="default" size="sm" px="sm" onClick={endSession}>
                {t.logOut}
              </Button>
            )}
          </Group>
        </Container>
      </header>
      <Container component="main" size="xl" id="content" className={classes.main} tabIndex={-1}>
        {children}
      </Container>
      <Container component="footer" size="xl" className={classes.footer}>
        <ServiceLine />
      </Container>
    </div>
  );
}

function LanguageButton() {
  const { locale, setLocale } = useLocale();
  const other = locale === 'en' ? 'zh' : 'en';
  const words = dictionaries[other];
  return (
    <Button
      variant="subtle"
      size="sm"
      px="xs"
      lang={other}
      aria-label={words.switchLanguage}
      onClick={() => setLocale(other)}
    >
      {words.languageName}
    </Button>
  );
}

function ColorSchemeButton() {
  const { t } = useLocale();
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme('light') === 'dark';
  const label = dark ? t.toLightMode : t.toDarkMode;
  return (
    <ActionIcon
      variant="default"
      size={36}
      aria-label={label}
      title={label}
      onClick={() => setColorScheme(dark ? 'light' : 'dark')}
    >
      {dark ? <SunIcon /> : <MoonIcon />}
    </ActionIcon>
  );
}

function ServiceLine() {
  const { t } = useLocale();
  const { data, isError } = useReadiness();
  if (isError) return <Text size="sm">{t.unreachable}</Text>;
  if (data === undefined) return null;
  const broken = data.checks.filter((check) => !check.ok).map((check) => `${check.name}: ${check.detail}`);
  const parts = [
    data.status === 'ready' ? t.serviceReady : [t.serviceNotReady, ...broken].join(', '),
    ...(data.dfl === null ? [] : [`${t.dflBackend(data.dfl.chosen)} (${data.dfl.device})`]),
  ];
  return (
    <Text size="sm" c="dimmed">
      {parts.join(' · ')}
    </Text>
  );
}
