// Distances from now in both languages.
import { describe, expect, it } from 'vitest';
import { relativeTime } from '../../../web/src/relative-time.ts';

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
