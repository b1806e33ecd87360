// Numbers, times and lengths of time as text, by Intl, in the reader's language.
import type { Locale } from '../../../src/contracts/common.ts';

/** The language tag of a locale, for Intl, the `lang` attribute and Accept-Language. */
export function intlTag(locale: Locale): string {
  return locale === 'zh' ? 'zh-CN' : 'en';
}

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

/** A whole or counted number with the language's grouping: 12,345. */
export function formatNumber(value: number, locale: Locale): string {
  return new Intl.NumberFormat(intlTag(locale)).format(value);
}

/** `fraction` 0.973 as 97%. */
export function formatPercent(fraction: number, locale: Locale): string {
  return new Intl.NumberFormat(intlTag(locale), { style: 'percent', maximumFractionDigits: 1 }).format(fraction);
}

/**
 * A measured value with at most `digits` significant digits; very large and very small ones in scientific notation, since a loss of
 * 4.6e18 must not fill the page. NaN and infinities are written as the trainer wrote them.
 */
export function formatValue(value: number, locale: Locale, digits = 5): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Infinity' : '-Infinity';
  const size = Math.abs(value);
  const scientific = size !== 0 && (size >= 1e7 || size < 1e-4);
  return new Intl.NumberFormat(intlTag(locale), {
    maximumSignificantDigits: digits,
    ...(scientific && { notation: 'scientific' as const }),
  })
    .format(value)
    .replace('E', 'e');
}

/** A value for an axis, where room is scarce: 9.1M, 0.002, 1e25; with as many digits as neighbouring heights need to differ. */
export function formatShort(value: number, locale: Locale, digits = 3): string {
  const size = Math.abs(value);
  if (size >= 1e15 || (size !== 0 && size < 1e-4))
    return Number(value.toPrecision(digits)).toExponential().replace('e+', 'e');
  return new Intl.NumberFormat(intlTag(locale), {
    maximumSignificantDigits: digits,
    ...(size >= 10_000 && { notation: 'compact' as const }),
  }).format(value);
}

/** Whole seconds as the two largest units that are not zero: "1 h 5 min". */
export function formatDuration(seconds: number, locale: Locale): string {
  const parts: readonly (readonly [string, number])[] = [
    ['day', Math.floor(seconds / 86_400)],
    ['hour', Math.floor(seconds / 3_600) % 24],
    ['minute', Math.floor(seconds / 60) % 60],
    ['second', Math.floor(seconds) % 60],
  ];
  const first = parts.findIndex(([, amount]) => amount > 0);
  return parts
    .slice(first === -1 ? 3 : first)
    .slice(0, 2)
    .filter(([, amount], index) => amount > 0 || index === 0)
    .map(([unit, amount]) =>
      new Intl.NumberFormat(intlTag(locale), { style: 'unit', unit, unitDisplay: 'short' }).format(amount),
    )
    .join(' ');
}

const byteUnits = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];

/** A size in bytes in the largest decimal unit that leaves at least 1. */
export function formatBytes(bytes: number, locale: Locale): string {
  const power = Math.min(byteUnits.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return new Intl.NumberFormat(intlTag(locale), {
    style: 'unit',
    unit: byteUnits[power] ?? 'byte',
    unitDisplay: power === 0 ? 'long' : 'short',
    maximumFractionDigits: 1,
  }).format(bytes / 1000 ** power);
}
