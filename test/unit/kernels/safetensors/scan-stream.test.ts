import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PublicError } from '../../../../src/contracts/errors.ts';
import { limits } from '../../../../src/contracts/limits.ts';
import { createSafetensorsScanner } from '../../../../src/kernels/safetensors/scan-stream.ts';
import { writeSafetensors } from '../../../../src/kernels/safetensors/write-safetensors.ts';
import { collectGarbage } from '../../../support/collect-garbage.ts';
import { caught, safetensorsBytes } from './safetensors-bytes.ts';

const file = writeSafetensors({ a: { dtype: 'F32', shape: [3], data: Float32Array.of(1, 2, 3) } }, { step: '4' });
const maxBytes = 1_000_000;

function scan(bytes: Uint8Array, chunkBytes: number, limit = maxBytes) {
  const scanner = createSafetensorsScanner({ maxBytes: limit });
  for (let at = 0; at < bytes.length; at += chunkBytes) scanner.push(bytes.subarray(at, at + chunkBytes));
  return scanner.finish();
}

describe('createSafetensorsScanner', () => {
  it('gives the same header for every chunk size', () => {
    for (let chunkBytes = 1; chunkBytes <= file.length; chunkBytes++) {
      const header = scan(file, chunkBytes);
      expect(header.metadata).toEqual({ step: '4' });
      expect(header.bufferBytes).toBe(12);
    }
  });

  it('gives the same verdict however the file is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(file.length), { maxLength: 10 }), (cuts) => {
        const scanner = createSafetensorsScanner({ maxBytes });
        const borders = [0, ...cuts.sort((a, b) => a - b), file.length];
        for (let i = 1; i < borders.length; i++) scanner.push(file.subarray(borders[i - 1], borders[i]));
        expect(scanner.finish().tensors.get('a')?.shape).toEqual([3]);
        expect(scanner.bytes).toBe(file.length);
      }),
    );
  });

  it('knows the header as soon as its last byte came, not before', () => {
    const scanner = createSafetensorsScanner({ maxBytes });
    scanner.push(file.subarray(0, file.length - 13));
    expect(scanner.header).toBeNull();
    scanner.push(file.subarray(file.length - 13, file.length - 12));
    expect(scanner.header?.tensors.has('a')).toBe(true);
  });

  it('keeps the header when the pushed chunk is overwritten afterwards', () => {
    const scanner = createSafetensorsScanner({ maxBytes });
    const reused = new Uint8Array(5);
    for (let at = 0; at < file.length; at += 5) {
      const part = file.subarray(at, at + 5);
      reused.set(part);
      scanner.push(reused.subarray(0, part.length));
      reused.fill(0xff);
    }
    expect(scanner.finish().metadata).toEqual({ step: '4' });
  });

  it('refuses a header of 2^63 bytes at its length field', () => {
    const scanner = createSafetensorsScanner({ maxBytes });
    const error = caught(() => scanner.push(safetensorsBytes('', undefined, 2n ** 63n)));
    expect(error).toMatchObject({ code: 'malformed_safetensors' });
    expect((error as PublicError).message).toContain(
      `9223372036854775808 bytes, at most ${limits.safetensorsHeaderBytes}`,
    );
  });

  it('refuses a header longer than the limit by one', () => {
    const scanner = createSafetensorsScanner({ maxBytes: 2 ** 30 });
    const lying = safetensorsBytes('', undefined, BigInt(limits.safetensorsHeaderBytes) + 1n);
    expect(() => scanner.push(lying)).toThrow(PublicError);
  });

  it('holds no more than what came when a header promises a megabyte', () => {
    const lying = safetensorsBytes('{', undefined, BigInt(limits.safetensorsHeaderBytes));
    collectGarbage();
    const before = process.memoryUsage().arrayBuffers;
    const scanners = Array.from({ length: 200 }, () => {
      const scanner = createSafetensorsScanner({ maxBytes: 2 ** 30 });
      scanner.push(lying);
      return scanner;
    });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20 * limits.safetensorsHeaderBytes);
    expect(() => scanners[0]?.finish()).toThrow(/ends after 1 of the header's/);
  });

  it.each([0, 1, 7])('refuses a file of %i bytes', (length) => {
    expect(() => scan(file.subarray(0, length), 1)).toThrow(/of its first 8 bytes/);
  });

  it('refuses every cut of a valid file, and a byte too many', () => {
    for (let length = 0; length < file.length; length++) {
      expect(caught(() => scan(file.subarray(0, length), 16))).toMatchObject({ code: 'malformed_safetensors' });
    }
    const longer = new Uint8Array(file.length + 1);
    longer.set(file);
    expect(caught(() => scan(longer, 16))).toMatchObject({ code: 'malformed_safetensors' });
  });

  it('refuses as too large what comes beyond the limit, and accepts the limit itself', () => {
    expect(scan(file, 16, file.length).bufferBytes).toBe(12);
    expect(caught(() => scan(file, 16, file.length - 1))).toMatchObject({ code: 'payload_too_large', status: 413 });
  });

  it('refuses as too large what the header announces, before it comes', () => {
    const scanner = createSafetensorsScanner({ maxBytes });
    const announced = safetensorsBytes('{"t":{"dtype":"U8","shape":[2000000],"data_offsets":[0,2000000]}}');
    expect(caught(() => scanner.push(announced))).toMatchObject({ code: 'payload_too_large' });
  });
});
