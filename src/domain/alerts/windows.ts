// Times in which nobody is told, or told later: silences, maintenance windows, quiet hours, digests.
import type { Digest, QuietHours } from '../../contracts/alerts.ts';
import { weekdays } from '../../contracts/alerts.ts';
import { latestOccurrence, localTime, minutesOf, nextLocalTime } from './local-time.ts';
import type { SilenceRule, WindowRule } from './types.ts';

export function silenceStatus({ startsAt, endsAt }: Pick<SilenceRule, 'startsAt' | 'endsAt'>, now: Date) {
  if (endsAt <= now) return 'expired';
  return startsAt <= now ? 'active' : 'pending';
}

/** When the window that is open now closes; null when it is not open. */
export function windowOpenUntil({ startsAt, endsAt, repeat }: WindowRule, now: Date): Date | null {
  const start = repeat === null ? startsAt : latestOccurrence(startsAt, now, repeat.every, repeat.time_zone);
  if (start === null || start > now) return null;
  const end = new Date(start.getTime() + (endsAt.getTime() - startsAt.getTime()));
  return end > now ? end : null;
}

/** When the quiet hours that are now end; null when there are none. */
export function quietUntil({ from, to, time_zone: zone, days }: QuietHours, now: Date): Date | null {
  const begin = minutesOf(from);
  const end = minutesOf(to);
  const { minutes, weekday } = localTime(now, zone);
  const isOvernight = end <= begin;
  const isEvening = minutes >= begin && (isOvernight || minutes < end);
  const isMorning = isOvernight && minutes < end;
  const beganOn = isMorning && !isEvening ? weekdays[(weekdays.indexOf(weekday) + 6) % 7] : weekday;
  if (!(isEvening || isMorning) || (days && !days.some((day) => day === beganOn))) return null;
  return nextLocalTime(now, end, zone);
}

/** When what happened at this time is told. */
export function digestDue(digest: Digest, happenedAt: Date): Date {
  if ('at' in digest) return nextLocalTime(happenedAt, minutesOf(digest.at), digest.time_zone ?? 'UTC');
  const everyMs = digest.every_s * 1000;
  return new Date((Math.floor(happenedAt.getTime() / everyMs) + 1) * everyMs);
}
