// The reader's language and colours; both are remembered.
import { ActionIcon, Button, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { MoonIcon, SunIcon } from '../components/icons.tsx';
import { useLocale } from '../i18n/i18n.ts';

/** Said in the language that it leads to, so that whoever needs it can read it. */
const others = {
  en: { locale: 'zh', name: '中文', label: '切换为中文' },
  zh: { locale: 'en', name: 'English', label: 'Switch language to English' },
} as const;

export function LanguageButton() {
  const { locale, setLocale } = useLocale();
  const other = others[locale];
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-sm"
      lang={other.locale}
      aria-label={other.label}
      onClick={() => setLocale(other.locale)}
    >
      {other.name}
    </Button>
  );
}

export function ColorSchemeButton() {
  const { t } = useTranslation();
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme('light') === 'dark';
  const label = dark ? t('toLightMode') : t('toDarkMode');
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size={30}
      aria-label={label}
      title={label}
      onClick={() => setColorScheme(dark ? 'light' : 'dark')}
    >
      {dark ? <SunIcon /> : <MoonIcon />}
    </ActionIcon>
  );
}
