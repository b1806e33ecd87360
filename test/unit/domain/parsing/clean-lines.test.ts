import { describe, expect, it } from 'vitest';
import { cleanLine, cutText, maxLineLength, splitLines } from '../../../../src/domain/parsing/clean-lines.ts';

describe('splitLines', () => {
  it('splits at every kind of line break and starts no line after the last', () => {
    expect(splitLines('a\nb\r\nc\rd\n')).toEqual(['a', 'b', 'c', 'd']);
    expect(splitLines('')).toEqual([]);
    expect(splitLines('\n\n')).toEqual(['', '']);
  });
});

describe('cleanLine', () => {
  it.each([
    ['[rank1]:   File "x.py", line 1', '  File "x.py", line 1', 1],
    ['[rank12]: ValueError: no', 'ValueError: no', 12],
    ['[rank3]:[E1123 12:00:00.5 ProcessGroupNCCL.cpp:616] x', '[E1123 12:00:00.5 ProcessGroupNCCL.cpp:616] x', 3],
    ['[default0]:  File "x.py", line 1', '  File "x.py", line 1', 0],
    ['[1,2]<stderr>:Traceback', 'Traceback', 2],
    ['[default0]:[rank8]: ValueError: no', 'ValueError: no', 8],
    ['[rank1]:', '', 1],
    ['[ranking1]: x', '[ranking1]: x', null],
    ['loss: 1', 'loss: 1', null],
  ])('reads %j as %j of rank %j', (raw, text, rank) => {
    expect(cleanLine(raw, 7)).toEqual({ text, number: 7, rank });
  });

  it('takes off colours, links and backspaces', () => {
    const raw =
      '  File \u001b[35m"/x.py"\u001b[0m, \u001b]8;;file:///x.py\u0007line\u001b]8;;\u0007 \u001b[1;31m11\u001b[0m\b\b';
    expect(cleanLine(raw, 0).text).toBe('  File "/x.py", line 11');
  });

  it('cuts a line that is too long', () => {
    expect(cleanLine('x'.repeat(maxLineLength + 5), 0).text).toHaveLength(maxLineLength);
  });
});

describe('cutText', () => {
  it('never leaves half a character', () => {
    expect(cutText('ab😀', 3)).toBe('ab');
    expect(cutText('ab😀', 4)).toBe('ab😀');
  });
});
