import { describe, expect, it } from 'vitest';
import { PublicError } from '../../../../src/contracts/errors.ts';
import { limits } from '../../../../src/contracts/limits.ts';
import { parseSafetensorsHeader } from '../../../../src/kernels/safetensors/parse-header.ts';
import { caught } from './safetensors-bytes.ts';

const parse = (json: string, bufferBytes: number | null = null) =>
  parseSafetensorsHeader(new TextEncoder().encode(json), bufferBytes);

describe('parseSafetensorsHeader', () => {
  it('reads entries, metadata and the length of the data section, whatever the order of the keys', () => {
    const header = parse(
      '{"b":{"dtype":"U8","shape":[3],"data_offsets":[8,11]},"__metadata__":{"step":"7"},"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}   ',
      11,
    );
    expect(header.bufferBytes).toBe(11);
    expect(header.metadata).toEqual({ step: '7' });
    expect(header.tensors.get('a')).toEqual({ dtype: 'F32', shape: [1, 2], begin: 0, end: 8 });
    expect([...header.tensors.keys()].sort()).toEqual(['a', 'b']);
  });

  it('accepts scalars, empty tensors and a file without tensors', () => {
    const header = parse(
      '{"s":{"dtype":"F64","shape":[],"data_offsets":[0,8]},"e":{"dtype":"I32","shape":[0,4],"data_offsets":[8,8]}}',
      8,
    );
    expect(header.bufferBytes).toBe(8);
    expect(parse('{}', 0).tensors.size).toBe(0);
  });

  it('keeps a tensor and a metadata key named __proto__ as data', () => {
    const header = parse(
      '{"__metadata__":{"__proto__":"x"},"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
      1,
    );
    expect(header.tensors.has('__proto__')).toBe(true);
    expect(Object.getPrototypeOf(header.metadata)).toBe(Object.prototype);
  });

  const entry = (fields: string) => `{"t":{${fields}}}`;
  const refused: { name: string; json: string; path: string; says: RegExp; bufferBytes?: number }[] = [
    { name: 'a list', json: '[1]', path: 'header', says: /start with \{/ },
    { name: 'a space before the brace', json: ' {}', path: 'header', says: /start with \{/ },
    { name: 'cut JSON', json: '{"t":', path: 'header', says: /not valid JSON/ },
    { name: 'a NaN token', json: '{"t":NaN}', path: 'header', says: /not valid JSON/ },
    { name: 'an entry that is a number', json: '{"t":3}', path: 't', says: /must be an object/ },
    {
      name: 'an unsupported dtype',
      json: entry('"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]'),
      path: 't',
      says: /F8_E4M3.*F32, F64/,
    },
    {
      name: 'a dtype that is an inherited property',
      json: entry('"dtype":"toString","shape":[1],"data_offsets":[0,1]'),
      path: 't',
      says: /toString/,
    },
    { name: 'no dtype', json: entry('"shape":[1],"data_offsets":[0,1]'), path: 't', says: /dtype is missing/ },
    { name: 'no shape', json: entry('"dtype":"U8","data_offsets":[0,1]'), path: 't', says: /shape/ },
    {
      name: 'a negative dimension',
      json: entry('"dtype":"U8","shape":[-1],"data_offsets":[0,1]'),
      path: 't',
      says: /shape entries/,
    },
    {
      name: 'a fractional dimension',
      json: entry('"dtype":"U8","shape":[1.5],"data_offsets":[0,1]'),
      path: 't',
      says: /shape entries/,
    },
    {
      name: 'a dimension of 2^53',
      json: entry('"dtype":"U8","shape":[9007199254740992],"data_offsets":[0,1]'),
      path: 't',
      says: /2\^53/,
    },
    {
      name: 'a product that overflows',
      json: entry('"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]'),
      path: 't',
      says: /overflows/,
    },
    {
      name: 'a product that overflows before a 0',
      json: entry('"dtype":"U8","shape":[4294967296,4294967296,0],"data_offsets":[0,0]'),
      path: 't',
      says: /overflows/,
    },
    {
      name: 'a byte size that overflows',
      json: entry('"dtype":"F64","shape":[9007199254740991],"data_offsets":[0,0]'),
      path: 't',
      says: /2\^53/,
    },
    {
      name: 'three offsets',
      json: entry('"dtype":"U8","shape":[1],"data_offsets":[0,1,2]'),
      path: 't',
      says: /data_offsets/,
    },
    {
      name: 'a negative offset',
      json: entry('"dtype":"U8","shape":[1],"data_offsets":[-1,0]'),
      path: 't',
      says: /data_offsets/,
    },
    {
      name: 'offsets backwards',
      json: entry('"dtype":"U8","shape":[1],"data_offsets":[5,4]'),
      path: 't',
      says: /before they begin/,
    },
    {
      name: 'a size that is not the shape',
      json: entry('"dtype":"F32","shape":[2],"data_offsets":[0,4]'),
      path: 't',
      says: /span 4 bytes.*takes 8/,
    },
    {
      name: 'a first tensor that does not start at 0',
      json: entry('"dtype":"U8","shape":[1],"data_offsets":[1,2]'),
      path: 't',
      says: /hole/,
    },
    {
      name: 'a hole',
      json: '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}',
      path: 'b',
      says: /hole/,
    },
    {
      name: 'an overlap',
      json: '{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}',
      path: 'b',
      says: /overlaps/,
    },
    {
      name: 'offsets past the end',
      json: entry('"dtype":"U8","shape":[9],"data_offsets":[0,9]'),
      path: 'data section',
      says: /cut short/,
      bufferBytes: 8,
    },
    {
      name: 'bytes left over',
      json: entry('"dtype":"U8","shape":[9],"data_offsets":[0,9]'),
      path: 'data section',
      says: /no tensor/,
      bufferBytes: 10,
    },
    { name: 'metadata that are a list', json: '{"__metadata__":[]}', path: '__metadata__', says: /object of strings/ },
    {
      name: 'a number in the metadata',
      json: '{"__metadata__":{"step":3}}',
      path: '__metadata__.step',
      says: /must be a string/,
    },
    {
      name: 'a tensor given twice',
      json: '{"t":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"t":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
      path: 't',
      says: /twice/,
    },
    {
      name: 'a tensor given twice, once escaped',
      json: '{"t":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"\\u0074":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
      path: 't',
      says: /twice/,
    },
    {
      name: 'a shape given twice',
      json: entry('"dtype":"U8","shape":[1],"shape":[1],"data_offsets":[0,1]'),
      path: 'shape',
      says: /twice/,
    },
    {
      name: 'metadata given twice',
      json: '{"__metadata__":{},"__metadata__":{}}',
      path: '__metadata__',
      says: /twice/,
    },
    {
      name: 'a metadata key given twice',
      json: '{"__metadata__":{"a\\"":"1","b":"a","a\\u0022":"2"}}',
      path: 'a"',
      says: /twice/,
    },
    {
      name: 'nesting of a hundred thousand levels',
      json: `{"t":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      path: 'header',
      says: /levels deep/,
    },
  ];
  for (const { name, json, path, says, bufferBytes } of refused) {
    it(`refuses ${name} and names ${path}`, () => {
      const error = caught(() => parse(json, bufferBytes ?? null));
      expect(error).toBeInstanceOf(PublicError);
      const problem = error as PublicError;
      expect(problem.code).toBe('malformed_safetensors');
      expect(problem.status).toBe(400);
      expect(problem.errors?.[0]?.path).toBe(path);
      expect(problem.errors?.[0]?.message).toMatch(says);
    });
  }

  it('takes equal keys in different objects and equal strings as values', () => {
    const twoEntries =
      '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[1,2]},"__metadata__":{"a":"b","b":"b","c":"a\\\\"}}';
    expect(parse(twoEntries, 2).tensors.size).toBe(2);
  });

  it('refuses bytes that are not UTF-8', () => {
    const bytes = Uint8Array.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d]);
    expect(() => parseSafetensorsHeader(bytes, null)).toThrow(/UTF-8/);
  });

  it('refuses a header over the limit and says the limit', () => {
    const json = `{}${' '.repeat(limits.safetensorsHeaderBytes)}`;
    expect(() => parse(json)).toThrow(`at most ${limits.safetensorsHeaderBytes}`);
  });
});
