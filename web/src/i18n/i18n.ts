// The dashboard's own words: i18next with one file per page and language in ../locales; only the language that is read is loaded.
import i18next from 'i18next';
import { useCallback } from 'react';
import { initReactI18next, useTranslation } from 'react-i18next';
import type { Locale } from '../../../src/contracts/common.ts';
import { localStore } from '../browser-store.ts';
import type * as english from '../locales/en/index.ts';
import { chooseLocale } from './choose-locale.ts';
import { intlTag } from './format.ts';

export type Resources = typeof english;

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    resources: Resources;
  }
}

const storageKey = 'losswatch.locale';
const words: Record<Locale, () => Promise<object>> = {
  en: () => import('../locales/en/index.ts'),
  zh: () => import('../locales/zh/index.ts'),
};

/** Loads the reader's language and makes `useTranslation` ready; to be awaited before the first component is mounted. */
export async function startI18n(): Promise<void> {
  const locale = chooseLocale(localStore.get(storageKey), navigator.languages);
  i18next.on('languageChanged', (language) => {
    document.documentElement.lang = intlTag(language as Locale);
  });
  await i18next.use(initReactI18next).init({
    lng: locale,
    defaultNS: 'common',
    fallbackLng: false,
    resources: { [locale]: { ...(await words[locale]()) } },
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  });
}

async function changeLocale(locale: Locale): Promise<void> {
  localStore.set(storageKey, locale);
  for (const [namespace, texts] of Object.entries(await words[locale]())) {
    i18next.addResourceBundle(locale, namespace, texts);
  }
  await i18next.changeLanguage(locale);
}

/** The language that is read now, and how to change it. */
export function useLocale(): { locale: Locale; setLocale: (locale: Locale) => void } {
  const { i18n } = useTranslation();
  const setLocale = useCallback((locale: Locale) => void changeLocale(locale), []);
  return { locale: i18n.language as Locale, setLocale };
}
