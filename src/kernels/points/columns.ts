// Columns of stored points. Each begins with a byte that says how it is written; the shortest way that gives back the same bits is taken.
import type { ByteReader, ByteWriter } from './bytes.ts';

const ints = { even: 0, deltas: 1, plain: 2 } as const;
/** Differences of larger numbers, doubled for their sign, would not be exact. */
const largestDelta = 2 ** 51;

/** Whole numbers of at most 2^53 in size: steps, ordinals, times. One that counts up evenly takes a few bytes, however long. */
export function writeInts(out: ByteWriter, values: ArrayLike<number>): void {
  const kind = kindOf(values);
  out.byte(kind);
  if (kind === ints.plain) {
    const bytes = out.reserve(8 * values.length);
    for (let i = 0; i < values.length; i++) bytes.writeBigInt64BE(BigInt(values[i] as number), 8 * i);
    return;
  }
  const first = values[0] ?? 0;
  out.varint(zigzag(first));
  if (kind === ints.even) out.varint(zigzag((values[1] ?? first) - first));
  else for (let i = 1; i < values.length; i++) out.varint(zigzag((values[i] as number) - (values[i - 1] as number)));
}

function kindOf(values: ArrayLike<number>): number {
  const first = values[0] ?? 0;
  const delta = (values[1] ?? first) - first;
  if (Math.abs(first) >= largestDelta) return ints.plain;
  let isEven = true;
  for (let i = 1; i < values.length; i++) {
    const step = (values[i] as number) - (values[i - 1] as number);
    if (Math.abs(step) >= largestDelta) return ints.plain;
    isEven &&= step === delta;
  }
  return isEven ? ints.even : ints.deltas;
}

export function readInts(from: ByteReader, count: number): Float64Array {
  const values = new Float64Array(count);
  const kind = from.byte();
  if (kind === ints.plain) {
    const bytes = from.take(8 * count);
    for (let i = 0; i < count; i++) values[i] = Number(bytes.readBigInt64BE(8 * i));
    return values;
  }
  let value = unzigzag(from.varint());
  if (kind === ints.even) {
    const delta = unzigzag(from.varint());
    for (let i = 0; i < count; i++) values[i] = value + i * delta;
    return values;
  }
  if (kind !== ints.deltas) throw new Error(`stored points have a column of the unknown kind ${kind}`);
  for (let i = 0; i < count; i++) {
    if (i > 0) value += unzigzag(from.varint());
    values[i] = value;
  }
  return values;
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

const floats = { double: 0, single: 1, constant: 2 } as const;
/** Added to the kind when byte planes stand one after the other. */
const planes = 16;

/**
 * Values bit for bit, except that every NaN is the ordinary one. What a trainer computed in 32 bits is kept in 32 bits. `inPlanes` puts the
 * bytes of equal weight together, which is what makes them compressible.
 */
export function writeFloats(out: ByteWriter, values: Float64Array, { inPlanes = false } = {}): void {
  const first = values[0] ?? 0;
  if (values.every((value) => Object.is(value, first))) {
    out.byte(floats.constant);
    out.reserve(8).writeDoubleBE(first);
    return;
  }
  const isSingle = areSingle(values);
  out.byte((isSingle ? floats.single : floats.double) + (inPlanes ? planes : 0));
  if (inPlanes) writePlanes(out, isSingle ? new Float32Array(values) : values);
  else if (isSingle) out.singles(values);
  else out.doubles(values);
}

function writePlanes(out: ByteWriter, { buffer, byteOffset, byteLength, length }: Float32Array | Float64Array): void {
  transpose(Buffer.from(buffer, byteOffset, byteLength), out.reserve(byteLength), length, byteLength / length);
}

/** Whether 32 bits hold each value; a NaN is taken for one that they hold. */
function areSingle(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Math.fround(value) !== value && !Number.isNaN(value)) return false;
  }
  return true;
}

export function readFloats(from: ByteReader, count: number): Float64Array {
  const kind = from.byte();
  if (kind === floats.constant) return new Float64Array(count).fill(from.take(8).readDoubleBE());
  const isSingle = (kind & 15) === floats.single;
  if (!isSingle && (kind & 15) !== floats.double)
    throw new Error(`stored points have values of the unknown kind ${kind}`);
  if (kind < planes) return isSingle ? from.singles(count) : from.doubles(count);
  const numbers = isSingle ? new Float32Array(count) : new Float64Array(count);
  const size = numbers.BYTES_PER_ELEMENT;
  transpose(from.take(size * count), Buffer.from(numbers.buffer), size, count);
  return isSingle ? new Float64Array(numbers) : (numbers as Float64Array);
}

/** Element [row][column] of `rows` rows goes to [column][row]. */
function transpose(source: Buffer, target: Buffer, rows: number, columns: number): void {
  for (let column = 0; column < columns; column++) {
    let from = column;
    const start = column * rows;
    for (let row = 0; row < rows; row++, from += columns) target[start + row] = source[from] as number;
  }
}

const bits = { none: 0, all: 1, mixed: 2 } as const;

/** Flags, one byte each in memory (0 or 1). */
export function writeFlags(out: ByteWriter, flags: Uint8Array): void {
  const set = flags.reduce((sum, flag) => sum + flag, 0);
  out.byte(set === 0 ? bits.none : set === flags.length ? bits.all : bits.mixed);
  if (set === 0 || set === flags.length) return;
  const bytes = out.reserve(Math.ceil(flags.length / 8)).fill(0);
  flags.forEach((flag, index) => {
    if (flag) bytes[index >> 3] = (bytes[index >> 3] as number) | (1 << (index & 7));
  });
}

export function readFlags(from: ByteReader, count: number): Uint8Array {
  const kind = from.byte();
  if (kind !== bits.mixed) return new Uint8Array(count).fill(kind);
  const bytes = from.take(Math.ceil(count / 8));
  return Uint8Array.from({ length: count }, (_, index) => ((bytes[index >> 3] as number) >> (index & 7)) & 1);
}
