import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { captureFromJson } from '../../../src/api/capture-from-json.ts';
import { cleanJson } from '../../../src/api/json/clean-json.ts';
import { parseJson } from '../../../src/api/json/parse-json.ts';
import { quoteNonFinite } from '../../../src/api/json/quote-non-finite.ts';
import { parseLocale } from '../../../src/api/locale.ts';
import { PublicError } from '../../../src/contracts/errors.ts';
import { parseSafetensorsHeader } from '../../../src/kernels/safetensors/parse-header.ts';

const options = { maxDepth: 8, itemsAreJudgedByRoute: false };

/** As Python's json.dumps writes it: bare words for what JSON lacks. */
function dumps(value: unknown): string {
  if (typeof value === 'number')
    return Number.isFinite(value) ? (Object.is(value, -0) ? '-0.0' : String(value)) : String(value);
  if (Array.isArray(value)) return `[${value.map(dumps).join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([key, item]) => `${JSON.stringify(key)}: ${dumps(item)}`)
      .join(', ')}}`;
  return JSON.stringify(value);
}

describe('bare NaN and Infinity', () => {
  test('become strings wherever Python writes them, and strings that look like them stay as they are', () => {
    const words = fc.constantFrom('NaN', '-Infinity', 'a "NaN" b', '\\', '\\"', 'Infinity');
    const tree = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.double(),
        words,
        fc.constantFrom(null, true),
        fc.array(tie('value')),
        fc.dictionary(words, tie('value')),
      ),
    })).value;
    fc.assert(
      fc.property(tree, (value) => {
        const spelled = (item: unknown): unknown => {
          if (typeof item === 'number') return Number.isFinite(item) ? item : String(item);
          if (Array.isArray(item)) return item.map(spelled);
          if (typeof item === 'object' && item !== null)
            return Object.fromEntries(Object.entries(item).map(([key, one]) => [key, spelled(one)]));
          return item;
        };
        expect(JSON.parse(quoteNonFinite(dumps(value)))).toEqual(spelled(value));
      }),
    );
  });

  test('do not make other nonsense valid', () => {
    for (const text of ['{"a": nan}', '{"a": NaNs}', '{"a": +Infinity}', '[NaN,]', 'NaN NaN']) {
      expect(() => parseJson(Buffer.from(text), options), text).toThrow(PublicError);
    }
  });

  test('are found in linear time', () => {
    const text = `[${'"\\\\NaN",'.repeat(300_000)}NaN]`;
    expect((JSON.parse(quoteNonFinite(text)) as unknown[]).length).toBe(300_001);
  });
});

describe('cleanJson', () => {
  test('leaves ordinary values as they are', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const text = JSON.stringify(value);
        if (/\\u0000|\\ud[89a-f]|__proto__/i.test(text)) return;
        expect(JSON.stringify(cleanJson(JSON.parse(text), options))).toBe(text);
      }),
    );
  });

  test('names the place with a JSON pointer', () => {
    expect(() => cleanJson(JSON.parse('{"a~/b":[0,"\\u0000"]}'), options)).toThrow('/a~0~1b/1');
  });
});

test.each([
  [undefined, 'en'],
  ['zh-CN', 'zh'],
  ['zh', 'zh'],
  ['en-US,en;q=0.9,zh-CN;q=0.8', 'en'],
  ['en;q=0.2, zh;q=0.7', 'zh'],
  ['fr, zh-TW;q=0.5', 'zh'],
  ['fr', 'en'],
  ['*', 'en'],
  ['zh;q=0', 'en'],
  ['zh;q=nonsense', 'en'],
])('Accept-Language %s is answered in %s', (header, locale) => {
  expect(parseLocale(header)).toBe(locale);
});

test('a JSON capture becomes a file whose header tells the same shapes and metadata', () => {
  const file = captureFromJson({
    pred_dist: [
      [
        [0, 1],
        [0, 1],
        [0, 1],
        ['NaN', 1],
      ],
    ],
    target: { shape: [1, 4], data: [0, 1, 0, 1] },
    mask: [[1, 0]],
    metadata: { reg_range: [0, 2], step: 7, image_ids: ['a'], note: null },
    other: 1,
  });
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const header = parseSafetensorsHeader(file.subarray(8, 8 + length), file.length - 8 - length);
  expect(header.metadata).toEqual({ reg_range: '0,2', step: '7', image_ids: '["a"]' });
  expect([...header.tensors].map(([name, { dtype, shape }]) => [name, dtype, shape])).toEqual(
    expect.arrayContaining([
      ['pred_dist', 'F64', [1, 4, 2]],
      ['target', 'F64', [1, 4]],
      ['mask', 'BOOL', [1, 2]],
    ]),
  );
});
