// Clock times in time zones, summer time included. Pure: the rules of the zones are part of the language.
import { type Weekday, weekdays } from '../../contracts/alerts.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

export interface LocalTime {
  /** Minutes since midnight. */
  minutes: number;
  weekday: Weekday;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** @throws RangeError for a zone that does not exist. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
  if (formats.size < 1_000) formats.set(timeZone, format);
  return format;
}

export function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

export function localTime(at: Date, timeZone: string): LocalTime {
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const weekday = weekdays.find((day) => day === parts.weekday?.toLowerCase());
  return { minutes: Number(parts.hour) * 60 + Number(parts.minute), weekday: weekday ?? 'mon' };
}

/** Minutes since midnight of "HH:MM". */
export function minutesOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
}

/**
 * The next full minute after `after` at which clocks in the zone show this time. On a day whose clocks jump over it, the minute they jump
 * to.
 */
export function nextLocalTime(after: Date, minutes: number, timeZone: string): Date {
  const start = Math.floor(after.getTime() / minuteMs) * minuteMs + minuteMs;
  const ahead = (minutes - localTime(new Date(start), timeZone).minutes + 1_440) % 1_440;
  const guess = start + ahead * minuteMs;
  const shown = localTime(new Date(guess), timeZone).minutes;
  if (shown === minutes) return new Date(guess);
  // Clocks changed on the way: the difference is how far.
  const shift = ((((minutes - shown + 720) % 1_440) + 1_440) % 1_440) - 720;
  const moved = guess + shift * minuteMs;
  const isShown = localTime(new Date(moved), timeZone).minutes === minutes;
  return new Date(isShown && moved > after.getTime() ? moved : guess);
}

/** The latest time not after `at` that began a day's (or week's) occurrence of the time `first` in the zone; null before `first`. */
export function latestOccurrence(first: Date, at: Date, every: 'day' | 'week', timeZone: string): Date | null {
  const { minutes, weekday } = localTime(first, timeZone);
  const step = every === 'day' ? 1 : 7;
  const withinMinuteMs = first.getTime() % minuteMs;
  for (let back = 1; back <= step + 1; back += 1) {
    const minute = nextLocalTime(new Date(at.getTime() - withinMinuteMs - back * dayMs), minutes, timeZone);
    const candidate = new Date(minute.getTime() + withinMinuteMs);
    if (candidate > at) continue;
    if (candidate < first) return null;
    if (every === 'day' || localTime(candidate, timeZone).weekday === weekday) return candidate;
  }
  return null;
}
