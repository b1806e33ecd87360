// The frame around every page once logged in: navigation at the side (in a drawer on a phone), and what the whole service says of itself.
import { ActionIcon, Drawer, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Session } from '../api/answers.ts';
import { Logo, MenuIcon } from '../components/icons.tsx';
import { RouteLink } from '../components/route-link.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import classes from './shell.module.css';
import { Shortcuts } from './shortcuts.tsx';
import { SideBar } from './side-bar.tsx';

export function AppFrame({ session, children }: { session: Session; children: ReactNode }) {
  const { t } = useTranslation();
  const [open, drawer] = useDisclosure(false);
  return (
    <div className={classes.frame}>
      <a href="#content" className={classes.skip}>
        {t('skipToContent')}
      </a>
      <div className={classes.side}>
        <SideBar session={session} onNavigate={drawer.close} />
      </div>
      <header className={classes.top}>
        <RouteLink to="/" underline="never" c="inherit" className={classes.brand}>
          <Logo />
          Losswatch
        </RouteLink>
        <Group gap={4}>
          <ActionIcon variant="subtle" color="gray" size={40} aria-label={t('openMenu')} onClick={drawer.open}>
            <MenuIcon />
          </ActionIcon>
        </Group>
      </header>
      <Drawer
        opened={open}
        onClose={drawer.close}
        size={260}
        withCloseButton={false}
        padding={0}
        title={t('menu')}
        classNames={{ header: classes.drawerHeader, body: classes.drawerBody }}
      >
        <SideBar session={session} onNavigate={drawer.close} />
      </Drawer>
      <div className={classes.page}>
        <ConnectionBanner />
        <main id="content" className={classes.main} tabIndex={-1}>
          {children}
        </main>
      </div>
      <Shortcuts />
    </div>
  );
}
