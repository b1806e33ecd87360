// Messages between a process and its child over a pipe: structured clone values, whose typed arrays travel as their own bytes, neither
// copied by the sender nor cut out of a larger buffer by the receiver.
import type { Writable } from 'node:stream';
import { Deserializer, Serializer } from 'node:v8';

/** File descriptor of the child's end of the pipe. */
export const messagePipe = 3;

const arrayTypes = [Uint8Array, Uint32Array, Float32Array, Float64Array] as const;
type MessageArray = InstanceType<(typeof arrayTypes)[number]>;

/** A frame is this head, the value, then the bytes of its arrays, each padded to a multiple of `alignment`. */
const head = { bytes: 16, valueBytesAt: 0, arrayBytesAt: 8 } as const;
const alignment = 8;
const padded = (bytes: number) => Math.ceil(bytes / alignment) * alignment;

class MessageSerializer extends Serializer {
  readonly arrays: MessageArray[] = [];

  constructor() {
    super();
    // Documented (nodejs.org/api/v8.html), missing in @types/node.
    (
      this as unknown as { _setTreatArrayBufferViewsAsHostObjects(flag: boolean): void }
    )._setTreatArrayBufferViewsAsHostObjects(true);
  }

  _writeHostObject(array: MessageArray): void {
    const type = arrayTypes.findIndex((known) => array instanceof known);
    if (type === -1) throw new Error(`Messages carry no ${array.constructor.name}`);
    this.writeUint32(type);
    this.writeUint32(array.length);
    this.arrays.push(array);
  }
}

class MessageDeserializer extends Deserializer {
  readonly #arrayBytes: ArrayBuffer;
  #at = 0;

  constructor(value: Uint8Array, arrayBytes: ArrayBuffer) {
    super(value);
    this.#arrayBytes = arrayBytes;
  }

  _readHostObject(): MessageArray {
    const ArrayType = arrayTypes[this.readUint32()];
    if (!ArrayType) throw new Error('A message holds an array of unknown type');
    const array = new ArrayType(this.#arrayBytes, this.#at, this.readUint32());
    this.#at += padded(array.byteLength);
    return array;
  }
}

/** The arrays must stay as they are until they are sent. Throws when the value cannot be cloned. */
export function writeMessage(stream: Writable, value: unknown): void {
  const serializer = new MessageSerializer();
  serializer.writeHeader();
  serializer.writeValue(value);
  const serialized = serializer.releaseBuffer();
  const sizes = Buffer.alloc(head.bytes);
  sizes.writeDoubleLE(serialized.byteLength, head.valueBytesAt);
  sizes.writeDoubleLE(
    serializer.arrays.reduce((sum, { byteLength }) => sum + padded(byteLength), 0),
    head.arrayBytesAt,
  );
  stream.cork();
  stream.write(sizes);
  stream.write(serialized);
  for (const { buffer, byteOffset, byteLength } of serializer.arrays) {
    stream.write(Buffer.from(buffer, byteOffset, byteLength));
    if (byteLength % alignment > 0) stream.write(Buffer.alloc(padded(byteLength) - byteLength));
  }
  stream.uncork();
}

/** Memory beyond this is not kept: one large message should not hold it for good. */
const maxKept = 64 * 2 ** 20;

export interface MessageReader {
  /** Takes the next bytes, in pieces of any size; throws when they are no message, after which the reader is of no use. */
  push(chunk: Uint8Array): void;
}

/**
 * Calls `onMessage` for every message. With `reuseMemory` the arrays of a message lie where those of the one before lay: for a reader whose
 * sender waits for the answer. Fresh memory of that size costs as much as filling it.
 */
export function createMessageReader(onMessage: (value: unknown) => void, { reuseMemory = false } = {}): MessageReader {
  let part = new Uint8Array(head.bytes);
  let filled = 0;
  let complete = readHead;
  let kept = new ArrayBuffer(0);

  function expectBytes(bytes: Uint8Array<ArrayBuffer>, next: () => void): void {
    part = bytes;
    filled = 0;
    complete = next;
    if (part.length === 0) complete();
  }

  function takeMemory(bytes: number): Uint8Array<ArrayBuffer> {
    if (!reuseMemory || bytes > maxKept) return new Uint8Array(bytes);
    if (kept.byteLength < bytes) kept = new ArrayBuffer(bytes);
    return new Uint8Array(kept, 0, bytes);
  }

  function readHead(): void {
    const sizes = new DataView(part.buffer);
    const value = new Uint8Array(sizes.getFloat64(head.valueBytesAt, true));
    const arrays = takeMemory(sizes.getFloat64(head.arrayBytesAt, true));
    expectBytes(value, () => expectBytes(arrays, () => deliver(value, arrays.buffer)));
  }

  function deliver(value: Uint8Array, arrayBytes: ArrayBuffer): void {
    expectBytes(new Uint8Array(head.bytes), readHead);
    const deserializer = new MessageDeserializer(value, arrayBytes);
    deserializer.readHeader();
    onMessage(deserializer.readValue());
  }

  return {
    push(chunk) {
      for (let at = 0; at < chunk.length; ) {
        const taken = Math.min(part.length - filled, chunk.length - at);
        part.set(chunk.subarray(at, at + taken), filled);
        filled += taken;
        at += taken;
        if (filled === part.length) complete();
      }
    },
  };
}
