// The frame before the log-in: brand, language and colours, no navigation.
import { Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { Logo } from '../components/icons.tsx';
import { ColorSchemeButton, LanguageButton } from './preferences.tsx';
import classes from './shell.module.css';

export function BareFrame({ children }: { children: ReactNode }) {
  return (
    <div className={classes.bare}>
      <header className={classes.bareHeader}>
        <span className={classes.brand}>
          <Logo />
          Losswatch
        </span>
        <Group gap={6}>
          <LanguageButton />
          <ColorSchemeButton />
        </Group>
      </header>
      <main className={classes.bareMain}>{children}</main>
    </div>
  );
}
