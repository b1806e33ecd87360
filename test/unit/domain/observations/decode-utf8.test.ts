import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeUtf8, decodeUtf8Chunk } from '../../../../src/domain/observations/decode-utf8.ts';

const encoder = new TextEncoder();

function decodeInChunks(bytes: Uint8Array, cuts: number[]) {
  let tail: Uint8Array = new Uint8Array(0);
  let text = '';
  const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  for (let index = 1; index < edges.length; index += 1) {
    const decoded = decodeUtf8Chunk(tail, bytes.subarray(edges[index - 1], edges[index]));
    if (decoded.kind === 'invalid') return { invalidAt: (edges[index - 1] as number) + decoded.offset };
    text += decoded.text;
    tail = decoded.tail;
  }
  return { text, tail: tail.length };
}

/** What the platform's own decoder says of the same bytes. */
function isValid(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

describe('decodeUtf8Chunk', () => {
  test('gives the same text however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.nat()), (text, cuts) => {
        expect(decodeInChunks(encoder.encode(text), cuts)).toEqual({ text, tail: 0 });
      }),
    );
  });

  test('agrees with the strict decoder of the platform on any bytes, and finds the same place however they are cut', () => {
    const bytes = fc
      .uint8Array({ maxLength: 12 })
      .chain((noise) => fc.constantFrom(noise, Uint8Array.from([...encoder.encode('é目🚂'), ...noise])));
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(), { maxLength: 4 }), (given, cuts) => {
        const whole = decodeUtf8(given);
        expect(whole.kind === 'ok').toBe(isValid(given));
        const parts = decodeInChunks(given, cuts);
        if (whole.kind === 'ok') expect(parts).toEqual({ text: whole.text, tail: 0 });
        else expect('invalidAt' in parts ? parts.invalidAt : given.length - parts.tail).toBe(whole.offset);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    [[0xc0, 0x80], 0],
    [[0x41, 0xed, 0xa0, 0x80], 1],
    [[0xf4, 0x90, 0x80, 0x80], 0],
    [[0xe0, 0x9f, 0xbf], 0],
    [[0x41, 0x42, 0xff], 2],
  ])('refuses %j at byte %d', (bytes, offset) => {
    expect(decodeUtf8(Uint8Array.from(bytes))).toEqual({ kind: 'invalid', offset });
  });

  test('keeps a byte order mark and carries an unfinished character', () => {
    expect(decodeUtf8(encoder.encode('\ufeffx'))).toMatchObject({ kind: 'ok', text: '\ufeffx' });
    expect(decodeUtf8Chunk(new Uint8Array(0), Uint8Array.from([0x41, 0xf0, 0x9f]))).toEqual({
      kind: 'ok',
      text: 'A',
      tail: Uint8Array.from([0xf0, 0x9f]),
    });
  });
});
