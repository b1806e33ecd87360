import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseText } from '../../../../src/domain/parsing/parse-text.ts';
import { flushLog, initialLogState, readLog } from '../../../../src/domain/parsing/read-log.ts';
import type { ParsedText } from '../../../../src/domain/parsing/types.ts';
import * as crashTexts from './crash-texts.ts';
import { paddledetection } from './paddledetection.ts';
import { tracebacks } from './tracebacks.ts';

const formats = [paddledetection];
const samples = [...tracebacks.map(({ text }) => text), ...Object.values(crashTexts)];

/** Every line number that a reading names. */
function placesOf(parsed: ParsedText): number[] {
  const { traces, assertions, nativeErrors, aborts, deaths, summaries, watchdogs } = parsed;
  const ranges = [traces, traces.flatMap(({ chain }) => chain), assertions, nativeErrors, aborts, summaries, watchdogs];
  return [...ranges.flatMap((list) => list.flatMap(({ lines }) => lines)), ...deaths.map(({ line }) => line)];
}

describe('reading any text', () => {
  it('never fails on a text that is cut at both ends, and names only lines that it has', () => {
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.nat(), fc.nat(), (text, a, b) => {
        const [from, to] = [a % (text.length + 1), b % (text.length + 1)].sort((x, y) => x - y);
        const parsed = parseText(text.slice(from, to), formats);
        for (const place of placesOf(parsed)) {
          expect(place).toBeGreaterThanOrEqual(0);
          expect(place).toBeLessThan(parsed.lines.length);
        }
        expect(parsed.firstCause === null).toBe(
          placesOf(parsed).length === 0 ||
            (parsed.deaths.every((d) => d.isConsequence) && placesOf({ ...parsed, deaths: [] }).length === 0),
        );
      }),
      { numRuns: 400 },
    );
  });

  it('finds a trace, once it is complete, however its beginning is cut', () => {
    const text = tracebacks[0]?.text ?? '';
    const end = text.lastIndexOf('ValueError');
    for (let from = 0; from < end; from += 7)
      expect(parseText(text.slice(from), formats).traces.at(-1)?.chain.at(-1)?.message).toBe(
        'Target -1 is out of lower bound.',
      );
  });

  it('reads the parts of many texts mixed up line by line, whole or in chunks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...samples), fc.nat()), { minLength: 2, maxLength: 30 }),
        (picks) => {
          const text = picks.map(([sample, at]) => sample.split('\n').at(at % sample.split('\n').length)).join('\n');
          const whole = parseText(text, formats).traces.map(({ chain }) => chain);
          const half = Math.floor(text.length / 2);
          const first = readLog(initialLogState(), text.slice(0, half), formats);
          const second = readLog(first.state, text.slice(half), formats);
          const last = flushLog(second.state, formats);
          const inChunks = [first, second, last].flatMap(({ traces }) => traces.map(({ trace }) => trace.chain));
          expect(inChunks).toEqual(whole);
        },
      ),
      { numRuns: 200 },
    );
  });
});

/** Lines made to keep a regular expression busy, or to open blocks without end. */
const hostile: Record<string, (size: number) => string> = {
  headers: (size) => 'Traceback (most recent call last):\n'.repeat(size / 35),
  frames: (size) => '  File "a.py", line 1, in f\n'.repeat(size / 28),
  'frames on one line': (size) => '  File "a.py", line 1, in f'.repeat(size / 27),
  errors: (size) => 'ValueError: bad\n'.repeat(size / 16),
  'assertions without end': (size) => 'Assertion `a.cu:1: f: block: [0,0,0], thread: [1,0,0] '.repeat(size / 56),
  assertions: (size) => 'a.cu:1: f: block: [0,0,0], thread: [1,0,0] Assertion `x` failed.\n'.repeat(size / 65),
  'summary heads': (size) => 'Error Message Summary:\n'.repeat(size / 23),
  'thread dumps': (size) => 'Fatal Python error: Segmentation fault\n'.repeat(size / 39),
  'entries of a launcher': (size) => 'rank : 1 (local_rank: 1)\n'.repeat(size / 25),
  'uncaught errors': (size) => "terminate called after throwing an instance of 'x'\n".repeat(size / 51),
  deaths: (size) => 'Killed\n'.repeat(size / 7),
  checks: (size) => 'a.cc:1] Check failed: x\n'.repeat(size / 24),
  'raised from': (size) => 'Exception raised from f at a.cpp:1 (most recent call first):\n'.repeat(size / 61),
  brackets: (size) => `Error: (InvalidArgument) x\n${'  [Hint: ['.repeat(size / 10)}`,
  'open links': (size) => 'During handling of the above exception, another exception occurred:\n'.repeat(size / 68),
  'group rules': (size) =>
    `  + Exception Group Traceback (most recent call last):\n${'  +-+---------------- 1 ----------------\n'.repeat(size / 41)}`,
  prefixes: (size) =>
    '2026-11-03 08:16:07 (w) Traceback (most recent call last):\n2026-11-03 08:16:07 (w)   File "a.py", line 1, in f\n'.repeat(
      size / 110,
    ),
  'boxes and arrows': (size) => `ValueError    Traceback (most recent call last)\n${'----> 1 a\n'.repeat(size / 10)}`,
};

describe('reading a text that is made to be slow', () => {
  it.each(Object.entries(hostile))('keeps %s within bounds', (_, make) => {
    const small = countReports(parseText(make(50_000), formats));
    const large = countReports(parseText(make(100_000), formats));
    expect(large).toBeLessThanOrEqual(Math.max(2 * small + 10, 500));
    expect(JSON.stringify(parseText(make(1_000_000), formats).firstCause ?? null).length).toBeLessThan(1_000);
  });
});

function countReports(parsed: ParsedText): number {
  const { traces, assertions, nativeErrors, aborts, deaths, summaries, watchdogs } = parsed;
  return [traces, assertions, nativeErrors, aborts, deaths, summaries, watchdogs].reduce(
    (sum, list) => sum + list.length,
    0,
  );
}
