// Times as distances from now ("3 minutes ago"), in the reader's language.
import type { Locale } from '../../src/contracts/common.ts';

const units: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** `time` is RFC 3339, `nowMs` epoch milliseconds. Text that is no time is given back as it is. */
export function relativeTime(time: string, nowMs: number, locale: Locale): string {
  const seconds = (Date.parse(time) - nowMs) / 1000;
  if (Number.isNaN(seconds)) return time;
  const format = new Intl.RelativeTimeFormat(intlTag(locale), { numeric: 'auto' });
  for (const [unit, length] of units) {
    if (Math.abs(seconds) >= length) return format.format(Math.trunc(seconds / length), unit);
  }
  // Below a minute the second hand is noise, and a clock slightly ahead must not say "in 2 seconds".
  return format.format(0, 'second');
}

/** `time` as date and clock time in the browser's time zone. */
export function fullTime(time: string, locale: Locale): string {
  const ms = Date.parse(time);
  if (Number.isNaN(ms)) return time;
  return new Intl.DateTimeFormat(intlTag(locale), { dateStyle: 'medium', timeStyle: 'medium' }).format(ms);
}

/** The language tag of a locale, for Intl, the `lang` attribute and Accept-Language. */
export function intlTag(locale: Locale): string {
  return locale === 'zh' ? 'zh-CN' : 'en';
}
