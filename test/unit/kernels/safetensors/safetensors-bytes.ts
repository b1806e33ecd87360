// Hand-made safetensors bytes: header text and data section put together without any check, so that tests can lie.
export function safetensorsBytes(
  header: string | Uint8Array,
  data: Uint8Array = new Uint8Array(0),
  headerBytes?: bigint,
): Uint8Array {
  const json = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const file = new Uint8Array(8 + json.length + data.length);
  new DataView(file.buffer).setBigUint64(0, headerBytes ?? BigInt(json.length), true);
  file.set(json, 8);
  file.set(data, 8 + json.length);
  return file;
}

/** The thrown value of a call that must throw. */
export function caught(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
