import { describe, expect, it } from 'vitest';
import { isTimeZone, latestOccurrence, localTime, nextLocalTime } from '../../../../src/domain/alerts/local-time.ts';
import { digestDue, quietUntil, silenceStatus, windowOpenUntil } from '../../../../src/domain/alerts/windows.ts';

const at = (text: string) => new Date(text);
const iso = (date: Date | null) => date?.toISOString() ?? null;

describe('a clock time in a zone', () => {
  it.each([
    ['later the same day', '2026-11-23T08:00:00Z', 540, 'UTC', '2026-11-23T09:00:00.000Z'],
    ['the next day when it has passed', '2026-11-23T09:00:00Z', 540, 'UTC', '2026-11-24T09:00:00.000Z'],
    ['in Shanghai', '2026-11-23T00:30:00Z', 540, 'Asia/Shanghai', '2026-11-23T01:00:00.000Z'],
    ['in a zone of half hours', '2026-11-23T00:00:00Z', 540, 'Asia/Kolkata', '2026-11-23T03:30:00.000Z'],
    ['over the end of summer time', '2026-10-24T20:00:00Z', 540, 'Europe/Berlin', '2026-10-25T08:00:00.000Z'],
    ['over its beginning', '2026-03-28T20:00:00Z', 540, 'Europe/Berlin', '2026-03-29T07:00:00.000Z'],
  ])('comes %s', (_name, begin, minutes, zone, expected) => {
    expect(iso(nextLocalTime(at(begin), minutes, zone))).toBe(expected);
  });

  it('that is jumped over comes about then, once, and never before', () => {
    const next = nextLocalTime(at('2026-03-28T12:00:00Z'), 150, 'Europe/Berlin');
    expect(next > at('2026-03-28T12:00:00Z')).toBe(true);
    expect(Math.abs(next.getTime() - at('2026-03-29T01:00:00Z').getTime())).toBeLessThanOrEqual(3_600_000);
  });

  it('is read with its day', () => {
    expect(localTime(at('2026-11-22T23:30:00Z'), 'Asia/Shanghai')).toEqual({ minutes: 450, weekday: 'mon' });
    expect(isTimeZone('Europe/Berlin')).toBe(true);
    expect(isTimeZone('Mars/Olympus')).toBe(false);
  });

  it('that repeats began last on the day or week before, not before the first time', () => {
    const first = at('2026-11-02T20:00:00Z');
    const last = (now: string, every: 'day' | 'week') => iso(latestOccurrence(first, at(now), every, 'UTC'));
    expect(last('2026-11-10T19:59:00Z', 'day')).toBe('2026-11-09T20:00:00.000Z');
    expect(last('2026-11-10T20:00:00Z', 'day')).toBe('2026-11-10T20:00:00.000Z');
    expect(last('2026-11-10T21:00:00Z', 'week')).toBe('2026-11-09T20:00:00.000Z');
    expect(last('2026-11-02T19:00:00Z', 'day')).toBeNull();
  });
});

describe('quiet hours', () => {
  const night = { from: '22:00', to: '07:00', time_zone: 'Asia/Shanghai' };
  it.each([
    ['are not before', night, '2026-11-23T13:59:00Z', null],
    ['begin', night, '2026-11-23T14:00:00Z', '2026-11-23T23:00:00.000Z'],
    ['last over midnight', night, '2026-11-23T22:59:00Z', '2026-11-23T23:00:00.000Z'],
    ['end', night, '2026-11-23T23:00:00Z', null],
    [
      'may lie within a day',
      { ...night, from: '12:00', to: '13:00' },
      '2026-11-23T04:30:00Z',
      '2026-11-23T05:00:00.000Z',
    ],
    ['may begin on some days', { ...night, days: ['fri' as const] }, '2026-11-23T15:00:00Z', null],
    [
      'that begin on Friday last into Saturday',
      { ...night, days: ['fri' as const] },
      '2026-11-27T20:00:00Z',
      '2026-11-27T23:00:00.000Z',
    ],
    [
      'that begin on Friday are over on Saturday evening',
      { ...night, days: ['fri' as const] },
      '2026-11-28T15:00:00Z',
      null,
    ],
  ])('%s', (_name, hours, now, until) => {
    expect(iso(quietUntil(hours, at(now)))).toBe(until);
  });
});

describe('a digest', () => {
  it.each([
    [
      'comes daily at its time',
      { at: '09:00', time_zone: 'Asia/Shanghai' },
      '2026-11-23T01:30:00Z',
      '2026-11-24T01:00:00.000Z',
    ],
    ['is in UTC where no zone is given', { at: '09:00' }, '2026-11-23T01:30:00Z', '2026-11-23T09:00:00.000Z'],
    ['comes every hour on the hour', { every_s: 3_600 }, '2026-11-23T01:30:00Z', '2026-11-23T02:00:00.000Z'],
  ])('%s', (_name, digest, happened, due) => {
    expect(iso(digestDue(digest, at(happened)))).toBe(due);
  });
});

describe('a maintenance window', () => {
  const window = (startsAt: string, endsAt: string, every?: 'day' | 'week', zone = 'UTC') => ({
    id: 'mwd_1',
    name: 'w',
    matchers: [],
    startsAt: at(startsAt),
    endsAt: at(endsAt),
    repeat: every ? { every, time_zone: zone } : null,
  });
  const once = window('2026-11-23T10:00:00Z', '2026-11-23T12:00:00Z');
  const nightly = window('2026-11-01T23:00:00Z', '2026-11-02T01:00:00Z', 'day');
  const toTheSecond = window('2026-11-23T10:00:48Z', '2026-11-23T12:00:48Z', 'week');
  const weekly = window('2026-10-05T02:00:00Z', '2026-10-05T04:00:00Z', 'week', 'Europe/Berlin');
  it.each([
    ['that comes once is closed before', once, '2026-11-23T09:59:00Z', null],
    ['that comes once is open', once, '2026-11-23T10:00:00Z', '2026-11-23T12:00:00.000Z'],
    ['that comes once is closed after', once, '2026-11-23T12:00:00Z', null],
    ['that comes nightly is open after midnight', nightly, '2026-11-20T00:30:00Z', '2026-11-20T01:00:00.000Z'],
    ['that comes nightly is closed by day', nightly, '2026-11-20T12:00:00Z', null],
    ['that comes nightly is closed before its first time', nightly, '2026-10-30T23:30:00Z', null],
    [
      'that comes weekly keeps its local time over the end of summer time',
      weekly,
      '2026-11-02T03:30:00Z',
      '2026-11-02T05:00:00.000Z',
    ],
    ['that begins between two minutes is closed before', toTheSecond, '2026-11-23T10:00:47Z', null],
    ['that begins between two minutes is open', toTheSecond, '2026-11-23T10:00:48Z', '2026-11-23T12:00:48.000Z'],
    ['that begins between two minutes comes back', toTheSecond, '2026-11-30T12:00:47Z', '2026-11-30T12:00:48.000Z'],
    ['that begins between two minutes is closed after', toTheSecond, '2026-11-30T12:00:48Z', null],
    ['that comes weekly is closed on other days', weekly, '2026-11-03T03:30:00Z', null],
  ])('%s', (_name, rule, now, until) => {
    expect(iso(windowOpenUntil(rule, at(now)))).toBe(until);
  });
});

describe('a silence', () => {
  it.each([
    ['2026-11-23T09:00:00Z', 'pending'],
    ['2026-11-23T10:00:00Z', 'active'],
    ['2026-11-23T12:00:00Z', 'expired'],
  ])('is at %s %s', (now, status) => {
    const span = { startsAt: at('2026-11-23T10:00:00Z'), endsAt: at('2026-11-23T12:00:00Z') };
    expect(silenceStatus(span, at(now))).toBe(status);
  });
});
