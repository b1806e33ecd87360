// The formatters of format.ts, bound to the reader's language.
import { useMemo } from 'react';
import {
  formatBytes,
  formatDuration,
  formatNumber,
  formatPercent,
  formatShort,
  formatValue,
  fullTime,
} from './format.ts';
import { useLocale } from './i18n.ts';

export function useFormat() {
  const { locale } = useLocale();
  return useMemo(
    () => ({
      number: (value: number) => formatNumber(value, locale),
      percent: (fraction: number) => formatPercent(fraction, locale),
      value: (value: number, digits?: number) => formatValue(value, locale, digits),
      short: (value: number, digits?: number) => formatShort(value, locale, digits),
      duration: (seconds: number) => formatDuration(seconds, locale),
      bytes: (bytes: number) => formatBytes(bytes, locale),
      time: (time: string) => fullTime(time, locale),
    }),
    [locale],
  );
}
