import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PublicError } from '../../../../src/contracts/errors.ts';
import { itemBytes } from '../../../../src/kernels/safetensors/dtypes.ts';
import { openSafetensors, readTensor } from '../../../../src/kernels/safetensors/read-tensor.ts';
import { createSafetensorsScanner } from '../../../../src/kernels/safetensors/scan-stream.ts';
import { widenHalves } from '../../../../src/kernels/safetensors/widen-halves.ts';
import { type TensorToWrite, writeSafetensors } from '../../../../src/kernels/safetensors/write-safetensors.ts';

const tensors: Record<string, TensorToWrite> = {
  mask: { dtype: 'BOOL', shape: [5], data: Uint8Array.of(0, 1, 1, 0, 1) },
  bytes: { dtype: 'U8', shape: [3], data: Uint8Array.of(0, 128, 255) },
  half: { dtype: 'F16', shape: [2], data: Uint16Array.of(0x3c00, 0xfbff) },
  brain: { dtype: 'BF16', shape: [2], data: Uint16Array.of(0x4180, 0xbf80) },
  ints: { dtype: 'I32', shape: [2], data: Int32Array.of(-1, 2 ** 31 - 1) },
  longs: { dtype: 'I64', shape: [1], data: BigInt64Array.of(-(2n ** 63n)) },
  single: { dtype: 'F32', shape: [2, 2], data: Float32Array.of(0.1, Number.NaN, -0, Number.NEGATIVE_INFINITY) },
  double: { dtype: 'F64', shape: [], data: Float64Array.of(0.1) },
};

function readAll(file: Uint8Array) {
  const { header, data } = openSafetensors(file);
  return Object.fromEntries([...header.tensors].map(([name, entry]) => [name, readTensor(data, entry)]));
}

describe('safetensors files', () => {
  const file = writeSafetensors(tensors, { note: 'π' });
  const expected = {
    mask: tensors.mask?.data,
    bytes: tensors.bytes?.data,
    half: tensors.half?.data,
    brain: tensors.brain?.data,
    ints: tensors.ints?.data,
    longs: tensors.longs?.data,
    single: tensors.single?.data,
    double: tensors.double?.data,
  };

  it('come back as they were written, in every dtype', () => {
    expect(readAll(file)).toEqual(expected);
    expect(openSafetensors(file).header.metadata).toEqual({ note: 'π' });
  });

  it('are read alike from every alignment', () => {
    for (let offset = 0; offset < 8; offset++) {
      const moved = new Uint8Array(file.length + offset);
      moved.set(file, offset);
      expect(readAll(moved.subarray(offset))).toEqual(expected);
    }
  });

  it('have an 8-byte aligned data section and aligned tensors', () => {
    const { header, data } = openSafetensors(file);
    expect(data.byteOffset % 8).toBe(0);
    for (const entry of header.tensors.values()) expect(entry.begin % itemBytes[entry.dtype]).toBe(0);
  });

  it('are the same bytes whatever the order of the tensors', () => {
    const reversed = Object.fromEntries(Object.entries(tensors).reverse());
    expect(writeSafetensors(reversed, { note: 'π' })).toEqual(file);
  });

  it('are not written when shape and data disagree', () => {
    expect(() => writeSafetensors({ t: { dtype: 'F32', shape: [3], data: new Float32Array(2) } })).toThrow(
      /t: F32 \[3\] takes 12 bytes, 8/,
    );
  });

  it('hold any float32 bit pattern through a round trip', () => {
    fc.assert(
      fc.property(fc.uint32Array({ maxLength: 40 }), (bits) => {
        const written = writeSafetensors({ t: { dtype: 'F32', shape: [bits.length], data: bits } });
        const read = readAll(written).t as Float32Array;
        expect(new Uint32Array(read.buffer, read.byteOffset, read.length)).toEqual(bits);
      }),
    );
  });
});

describe('half-precision values', () => {
  /** The value of a binary16 by its definition. */
  function halfValue(bits: number): number {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }

  it('F16 are widened exactly, all 65,536 of them', () => {
    const bits = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const read = new Float32Array(bits.length);
    widenHalves('F16', bits, read);
    const wrong = [...bits].filter((half) => !Object.is(read[half], halfValue(half)));
    expect(wrong).toEqual([]);
  });

  it('BF16 are widened exactly: the upper half of a float32', () => {
    const bits = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const read = new Float32Array(bits.length);
    widenHalves('BF16', bits, read);
    const view = new DataView(new ArrayBuffer(4));
    const wrong = [...bits].filter((brain) => {
      view.setUint16(0, brain);
      return !Object.is(read[brain], view.getFloat32(0));
    });
    expect(wrong).toEqual([]);
  });
});

describe('damaged safetensors files', () => {
  const valid = writeSafetensors(tensors, { step: '3', reg_range: '0,17' });
  const headerEnd = 8 + Number(new DataView(valid.buffer).getBigUint64(0, true));

  function mustAcceptOrRefuse(bytes: Uint8Array): void {
    for (const read of [readAll, scanAll]) {
      try {
        read(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(PublicError);
      }
    }
  }
  function scanAll(bytes: Uint8Array) {
    const scanner = createSafetensorsScanner({ maxBytes: 1_000_000 });
    scanner.push(bytes);
    return scanner.finish();
  }

  it('are read or refused with a public error when bytes of the header are changed', () => {
    const change = fc.record({
      at: fc.nat(headerEnd - 1),
      byte: fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('0123456789{}[],:"-eE.'))),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const damaged = valid.slice();
        for (const { at, byte } of changes) damaged[at] = byte;
        mustAcceptOrRefuse(damaged);
      }),
      { numRuns: 2000 },
    );
  });

  it('are read or refused with a public error when parts are cut out or doubled', () => {
    const span = fc.tuple(fc.nat(valid.length), fc.nat(valid.length), fc.boolean());
    fc.assert(
      fc.property(span, ([a, b, doubled]) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const parts = doubled
          ? [valid.subarray(0, to), valid.subarray(from)]
          : [valid.subarray(0, from), valid.subarray(to)];
        mustAcceptOrRefuse(Buffer.concat(parts));
      }),
      { numRuns: 500 },
    );
  });

  it('are read or refused with a public error when they are random JSON or random bytes', () => {
    const random = fc.oneof(
      fc.json().map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 100 }),
    );
    fc.assert(
      fc.property(random, (header) => {
        const file = Buffer.alloc(8 + header.length);
        file.writeBigUInt64LE(BigInt(header.length));
        file.set(header, 8);
        mustAcceptOrRefuse(file);
        mustAcceptOrRefuse(header);
      }),
      { numRuns: 1000 },
    );
  });
});
