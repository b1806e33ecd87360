// The reader's language: remembered in localStorage, told to the document, handed to every component.
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import type { Locale } from '../../../src/contracts/common.ts';
import { localStore } from '../browser-store.ts';
import { intlTag } from '../relative-time.ts';
import { chooseLocale, dictionaries } from './choose-locale.ts';
import type { Messages } from './en.ts';

interface LocaleChoice {
  locale: Locale;
  /** The dashboard's words in that language. */
  t: Messages;
  setLocale: (locale: Locale) => void;
}

const LocaleContext = createContext<LocaleChoice | null>(null);

const storageKey = 'losswatch.locale';

export function LocaleProvider({ children }: { children: ReactNode }) {
  const [locale, setLocale] = useState(() => chooseLocale(localStore.get(storageKey), navigator.languages));
  useEffect(() => {
    document.documentElement.lang = intlTag(locale);
  }, [locale]);
  const choice = useMemo(() => {
    const remember = (next: Locale) => {
      localStore.set(storageKey, next);
      setLocale(next);
    };
    return { locale, t: dictionaries[locale], setLocale: remember };
  }, [locale]);
  return <LocaleContext value={choice}>{children}</LocaleContext>;
}

export function useLocale(): LocaleChoice {
  const choice = useContext(LocaleContext);
  if (choice === null) throw new Error('useLocale needs a LocaleProvider above it');
  return choice;
}
