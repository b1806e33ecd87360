// Bytes written and read in order. Whole numbers are varints (LEB128, seven bits a byte, the lowest first), floats big-endian, as PostgreSQL's
// float8send writes them.

const largestFast = 0x7fffffff;

/** A buffer that grows as it is written. */
export class ByteWriter {
  #bytes: Buffer;
  #view: DataView;
  #length = 0;

  constructor(room: number) {
    this.#bytes = Buffer.allocUnsafe(room);
    this.#view = viewOf(this.#bytes);
  }

  byte(value: number): void {
    this.reserve(1)[0] = value;
  }

  /** A whole number from 0 to 2^53 - 1. */
  varint(value: number): void {
    const bytes = this.#room(8);
    let rest = value;
    let at = this.#length;
    for (; rest > largestFast; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) | 0x80;
    for (; rest > 127; rest >>>= 7) bytes[at++] = (rest & 127) | 0x80;
    bytes[at++] = rest;
    this.#length = at;
  }

  /** UTF-8 with its length before it. */
  text(value: string): void {
    const length = Buffer.byteLength(value);
    this.varint(length);
    this.reserve(length).write(value);
  }

  /** Values of 32 bits. */
  singles(values: Float64Array): void {
    this.#room(4 * values.length);
    for (let i = 0; i < values.length; i++) this.#view.setFloat32(this.#length + 4 * i, values[i] as number);
    this.#length += 4 * values.length;
  }

  /** Values of 64 bits. */
  doubles(values: Float64Array): void {
    this.#room(8 * values.length);
    for (let i = 0; i < values.length; i++) this.#view.setFloat64(this.#length + 8 * i, values[i] as number);
    this.#length += 8 * values.length;
  }

  /** The next `length` bytes, to be filled by the caller before anything else is written. */
  reserve(length: number): Buffer {
    const bytes = this.#room(length);
    const start = this.#length;
    this.#length += length;
    return bytes.subarray(start, this.#length);
  }

  /** What was written; the writer must not be used any more. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Forgets what was written and keeps the room. */
  clear(): void {
    this.#length = 0;
  }

  #room(length: number): Buffer {
    if (this.#length + length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#length + length));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
      this.#view = viewOf(larger);
    }
    return this.#bytes;
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** @throws Error when the bytes end too early. */
export class ByteReader {
  #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  byte(): number {
    const value = this.#bytes[this.#at++];
    if (value === undefined) throw new Error('stored points end too early');
    return value;
  }

  varint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  text(): string {
    return this.take(this.varint()).toString('utf8');
  }

  /** The next bytes, not copied. */
  take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new Error('stored points end too early');
    const bytes = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }

  singles(count: number): Float64Array {
    const view = viewOf(this.take(4 * count));
    const values = new Float64Array(count);
    for (let i = 0; i < count; i++) values[i] = view.getFloat32(4 * i);
    return values;
  }

  doubles(count: number): Float64Array {
    const view = viewOf(this.take(8 * count));
    const values = new Float64Array(count);
    for (let i = 0; i < count; i++) values[i] = view.getFloat64(8 * i);
    return values;
  }

  /** All that was not read, not copied. */
  rest(): Buffer {
    return this.#bytes.subarray(this.#at);
  }
}
