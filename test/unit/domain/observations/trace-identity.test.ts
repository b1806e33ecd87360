import { describe, expect, test } from 'vitest';
import { rankOfSource, traceIdentity, traceLikeness } from '../../../../src/domain/observations/trace-identity.ts';
import type { ParsedException, ParsedTrace } from '../../../../src/domain/parsing/types.ts';

function traceOf(overrides: Partial<ParsedException> = {}, first = 0): ParsedTrace {
  const frame = { file: 'a.py', line: 3, function: 'f', source: null, inApp: true };
  const final: ParsedException = {
    type: 'ValueError',
    message: 'Target -1',
    frames: [frame],
    lines: [first, first + 3],
    rank: null,
    link: null,
    ...overrides,
  };
  return { chain: [final], rank: null, lines: final.lines, echo: null };
}

describe('traceIdentity', () => {
  test('does not depend on where in a text the trace stood, nor on its rank', () => {
    expect(traceIdentity(traceOf({}, 0), ['a'])).toBe(traceIdentity({ ...traceOf({}, 500), rank: 3 }, ['b']));
  });

  test('differs by type, message and frames', () => {
    const frames = [{ file: 'a.py', line: 4, function: 'f', source: null, inApp: true }];
    const identities = [
      traceOf(),
      traceOf({ type: 'IndexError' }),
      traceOf({ message: 'Target 28' }),
      traceOf({ frames }),
    ].map((trace) => traceIdentity(trace, []));
    expect(new Set(identities).size).toBe(4);
  });

  test('is the text itself without an exception, blank lines and trailing spaces aside', () => {
    expect(traceIdentity(undefined, ['Killed  ', ''])).toBe(traceIdentity(undefined, ['Killed']));
    expect(traceIdentity(undefined, ['Killed'])).not.toBe(traceIdentity(undefined, ['Aborted']));
  });
});

test.each([
  ['rank0.log', 0],
  ['logs/worker-rank_12.txt', 12],
  ['RANK3', 3],
  ['console', null],
  ['frank7.log', null],
  ['rank', null],
])('the source %s is of rank %s', (source, rank) => {
  expect(rankOfSource(source)).toBe(rank);
});

describe('traceLikeness', () => {
  const likeness = (overrides: Partial<ParsedException>) => traceLikeness(traceOf(overrides), []);

  test('is one for another value of the same kind, another line and another folder', () => {
    const frames = [{ file: '/home/b/a.py', line: 9, function: 'f', source: null, inApp: true }];
    expect(likeness({ message: 'Target 28 is out of bound' })).toBe(
      likeness({ message: 'Target 460 is out of bound', frames }),
    );
  });

  test.each([
    ['another sign', { message: 'Target 1' }],
    ['a value that packs two floats', { message: 'Target 4578971296541297966' }],
    ['another type', { type: 'IndexError' }],
    ['other words', { message: 'Index -1' }],
    ['another function', { frames: [{ file: 'a.py', line: 3, function: 'g', source: null, inApp: true }] }],
  ])('differs by %s', (_name, overrides) => {
    expect(likeness(overrides)).not.toBe(likeness({}));
  });

  test('of a text without an exception leaves numbers out', () => {
    expect(traceLikeness(undefined, ['Killed process 42'])).toBe(traceLikeness(undefined, ['Killed process 977']));
  });
});
