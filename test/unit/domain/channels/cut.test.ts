import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cut, cutBytes, cutEscaped, oneLine, utf8Length } from '../../../../src/domain/channels/cut.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 60 });
const torn = /\p{Surrogate}/u;

describe('cutting a text', () => {
  it('keeps within the limit, leaves short texts alone, and never tears a code point', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 40 }), (text, max) => {
        const short = cut(text, max);
        expect(short.length).toBeLessThanOrEqual(max);
        expect(short).not.toMatch(torn);
        if (text.length <= max && !torn.test(text)) expect(short).toBe(text);
      }),
    );
  });

  it('counts bytes where a service does', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 3, max: 60 }), (text, max) => {
        expect(utf8Length(cutBytes(text, max))).toBeLessThanOrEqual(max);
        expect(cutBytes(text, max)).not.toMatch(torn);
      }),
    );
    expect(cutBytes('训练崩溃', 9)).toBe('训练…');
    expect(cutBytes('😀😀', 8)).toBe('😀😀');
    expect(cutBytes('😀😀', 7)).toBe('😀…');
  });

  it('tears no escape sequence', () => {
    const escapePoint = (point: string) => (point === '&' ? '&amp;' : point);
    expect(cutEscaped('a&b', 7, escapePoint)).toBe('a&amp;b');
    expect(cutEscaped('a&b', 6, escapePoint)).toBe('a…');
    expect(cutEscaped('&&&', 11, escapePoint)).toBe('&amp;&amp;…');
  });

  it('makes one line of many, without control characters', () => {
    expect(oneLine('a\r\nBcc: x@example.org\u0000\t b ')).toBe('a Bcc: x@example.org b');
  });
});
