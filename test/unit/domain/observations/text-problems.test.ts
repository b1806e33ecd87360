import { describe, expect, it } from 'vitest';
import { PublicError } from '../../../../src/contracts/errors.ts';
import { refuseNul, refuseTooManyLines } from '../../../../src/domain/observations/text-problems.ts';

function problemOf(work: () => void): PublicError | null {
  try {
    work();
    return null;
  } catch (error) {
    return error as PublicError;
  }
}

describe('refuseTooManyLines', () => {
  it.each(['a\nb\nc', 'a\rb\rc', new TextEncoder().encode('a\nb\r\u4e2d')])(
    'lets as many lines pass as are allowed',
    (text) => {
      expect(problemOf(() => refuseTooManyLines(text, 3))).toBeNull();
    },
  );

  it.each(['a\nb\nc\n', 'a\rb\rc\r', new TextEncoder().encode('\n\n\n')])(
    'refuses one more, naming field, limit and count',
    (text) => {
      const problem = problemOf(() => refuseTooManyLines(text, 3, '/text'));
      expect(problem).toBeInstanceOf(PublicError);
      expect(problem).toMatchObject({
        status: 413,
        errors: [{ path: '/text', message: 'must not have more than 3 lines; it has 4' }],
      });
    },
  );
});

describe('refuseNul', () => {
  it('names the byte', () => {
    expect(problemOf(() => refuseNul(new TextEncoder().encode('ab\0')))?.message).toContain('byte 2');
  });
});
