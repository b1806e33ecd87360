// Distances from now in both languages.
import { describe, expect, it } from 'vitest';
import { formatBytes, formatDuration, formatValue, relativeTime } from '../../../web/src/i18n/format.ts';

const time = '2026-11-23T21:00:00.000Z';
const secondsLater = (seconds: number) => Date.parse(time) + seconds * 1000;

describe('relativeTime', () => {
  it.each([
    [20, 'now'],
    [60, '1 minute ago'],
    [3_599, '59 minutes ago'],
    [3_600, '1 hour ago'],
    [86_400, 'yesterday'],
    [3 * 86_400, '3 days ago'],
    [400 * 86_400, 'last year'],
  ])('tells %i seconds as "%s"', (seconds, words) => {
    expect(relativeTime(time, secondsLater(seconds), 'en')).toBe(words);
  });

  it('speaks Chinese', () => {
    expect(relativeTime(time, secondsLater(300), 'zh')).toBe('5分钟前');
  });

  it('does not say that something seen by a slightly faster clock lies ahead', () => {
    expect(relativeTime(time, secondsLater(-3), 'en')).toBe('now');
  });

  it('tells times ahead, such as the end of a mute', () => {
    expect(relativeTime(time, secondsLater(-7_200), 'en')).toBe('in 2 hours');
  });

  it('gives text that is no time back as it is', () => {
    expect(relativeTime('soon', secondsLater(0), 'en')).toBe('soon');
  });
});

describe('formatValue', () => {
  it.each([
    [0, '0'],
    [0.123456789, '0.12346'],
    [1234.5, '1,234.5'],
    [4.576918229304087e18, '4.5769e18'],
    [-0.0000012, '-1.2e-6'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, '+Infinity'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
  ])('writes %d as "%s"', (value, text) => {
    expect(formatValue(value, 'en')).toBe(text);
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0 sec'],
    [59, '59 sec'],
    [65, '1 min 5 sec'],
    [3_600, '1 hr'],
    [90_061, '1 day 1 hr'],
  ])('tells %i seconds as "%s"', (seconds, text) => {
    expect(formatDuration(seconds, 'en')).toBe(text);
  });

  it('speaks Chinese', () => {
    expect(formatDuration(65, 'zh')).toBe('1分钟 5秒');
  });
});

describe('formatBytes', () => {
  it.each([
    [0, '0 bytes'],
    [999, '999 bytes'],
    [12_345, '12.3 kB'],
    [512_000_000, '512 MB'],
  ])('tells %i bytes as "%s"', (bytes, text) => {
    expect(formatBytes(bytes, 'en')).toBe(text);
  });
});
