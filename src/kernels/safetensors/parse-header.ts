// Parses and judges the JSON header of a safetensors file. Nothing it says is believed before it is checked, and nothing is allocated by it:
// a valid header describes a data section without holes or overlaps.
// Format: https://github.com/huggingface/safetensors#format
import { type FieldProblem, PublicError } from '../../contracts/errors.ts';
import { limits } from '../../contracts/limits.ts';
import { isSafetensorsDtype, itemBytes, type SafetensorsDtype, safetensorsDtypes } from './dtypes.ts';
import { findJsonFault } from './find-json-faults.ts';

/** One tensor of the file; `begin` and `end` are byte offsets into the data section that follows the header. */
export interface TensorEntry {
  dtype: SafetensorsDtype;
  shape: number[];
  begin: number;
  end: number;
}

export interface SafetensorsHeader {
  metadata: Record<string, string>;
  tensors: Map<string, TensorEntry>;
  /** Length of the data section. */
  bufferBytes: number;
}

/** The outermost object, an entry, its shape: nothing in a header lies deeper. */
const headerDepth = 3;
const metadataKey = '__metadata__';

/** The error every check of this folder throws; `path` is the tensor's or field's name. */
export function malformed(path: string, message: string, cause?: unknown): PublicError {
  const errors: FieldProblem[] = [{ path, message }];
  return new PublicError('malformed_safetensors', `${path}: ${message}`, { errors, cause });
}

/**
 * Header of the N JSON bytes of a safetensors file. `bufferBytes` is the length of the data section when it is known already, else null.
 * Throws PublicError malformed_safetensors that names the tensor or field and the limit.
 */
export function parseSafetensorsHeader(json: Uint8Array, bufferBytes: number | null): SafetensorsHeader {
  checkHeaderLength(json.length);
  const raw = parseJsonObject(json);
  const tensors = new Map<string, TensorEntry>();
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(raw)) {
    if (name === metadataKey) metadata = checkMetadata(value);
    else tensors.set(name, checkEntry(shorten(name), value));
  }
  const declaredBytes = checkLayout(tensors);
  if (bufferBytes !== null && bufferBytes !== declaredBytes) throw wrongLength(declaredBytes, bufferBytes);
  return { metadata, tensors, bufferBytes: declaredBytes };
}

/** Judges N, the first 8 bytes of a file, before anything is allocated for it. */
export function checkHeaderLength(headerBytes: number | bigint): void {
  if (headerBytes > limits.safetensorsHeaderBytes) {
    throw malformed('header length', `${headerBytes} bytes, at most ${limits.safetensorsHeaderBytes} are allowed`);
  }
  if (headerBytes < 2) throw malformed('header length', `${headerBytes} bytes, the smallest header is the 2 bytes {}`);
}

/** The data section is not as long as the header's offsets say. */
export function wrongLength(declaredBytes: number, actualBytes: number): PublicError {
  const difference =
    actualBytes < declaredBytes ? 'the file was cut short' : 'there are bytes that belong to no tensor';
  return malformed(
    'data section',
    `${actualBytes} bytes, but the header's offsets end at ${declaredBytes}: ${difference}`,
  );
}

function parseJsonObject(bytes: Uint8Array): Record<string, unknown> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw malformed('header', 'is not valid UTF-8', cause);
  }
  if (!text.startsWith('{')) throw malformed('header', 'must start with { right after the 8 length bytes');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw malformed('header', 'is not valid JSON', cause);
  }
  const fault = findJsonFault(text, headerDepth);
  if (fault?.kind === 'too-deep') throw malformed('header', `is nested more than ${headerDepth} levels deep`);
  if (fault) throw malformed(shorten(fault.key), 'this key is given twice in the header; keep one');
  return value as Record<string, unknown>;
}

function checkMetadata(value: unknown): Record<string, string> {
  if (!isObject(value)) throw malformed(metadataKey, 'must be an object of strings');
  for (const [key, item] of Object.entries(value)) {
    if (typeof item !== 'string')
      throw malformed(`${metadataKey}.${shorten(key)}`, 'must be a string; write numbers and lists as text');
  }
  return value as Record<string, string>;
}

function checkEntry(name: string, value: unknown): TensorEntry {
  if (!isObject(value)) throw malformed(name, 'must be an object with dtype, shape and data_offsets');
  const { dtype, shape } = value;
  if (!isSafetensorsDtype(dtype)) {
    const given =
      typeof dtype === 'string' ? `dtype ${shorten(dtype)} is not supported` : 'dtype is missing or not a string';
    throw malformed(name, `${given}; use one of ${safetensorsDtypes.join(', ')}`);
  }
  const elements = checkShape(name, shape);
  const [begin, end] = checkOffsets(name, value.data_offsets);
  const size = elements * itemBytes[dtype];
  if (!Number.isSafeInteger(size)) throw malformed(name, 'shape takes more than 2^53 - 1 bytes');
  if (end - begin !== size) {
    throw malformed(
      name,
      `data_offsets span ${end - begin} bytes, but ${dtype} of shape [${(shape as number[]).join(', ')}] takes ${size}`,
    );
  }
  return { dtype, shape: [...(shape as number[])], begin, end };
}

/** Number of elements; every partial product must be exact. */
function checkShape(name: string, shape: unknown): number {
  if (!Array.isArray(shape)) throw malformed(name, 'shape must be an array of integers');
  let elements = 1;
  for (const dimension of shape) {
    if (!isCount(dimension)) throw malformed(name, 'shape entries must be integers from 0 to 2^53 - 1');
    elements *= dimension;
    if (!Number.isSafeInteger(elements)) throw malformed(name, 'the product of the shape overflows 2^53 - 1 elements');
  }
  return elements;
}

function checkOffsets(name: string, offsets: unknown): [number, number] {
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    throw malformed(name, 'data_offsets must be two integers from 0 to 2^53 - 1');
  }
  const [begin, end] = offsets as [number, number];
  if (end < begin) throw malformed(name, `data_offsets end (${end}) before they begin (${begin})`);
  return [begin, end];
}

/** Length of the data section: in order of offset the first tensor starts at 0 and each starts where the one before it ended. */
function checkLayout(tensors: Map<string, TensorEntry>): number {
  const ordered = [...tensors].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  let expected = 0;
  for (const [name, { begin, end }] of ordered) {
    if (begin !== expected) {
      const fault = begin < expected ? 'overlaps the tensor before it' : 'leaves a hole before it';
      throw malformed(shorten(name), `data_offsets begin at ${begin}, which ${fault}; ${expected} is expected`);
    }
    expected = end;
  }
  return expected;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && !Object.is(value, -0);
}

/** Names come from the caller and go into error texts: keep those short. */
function shorten(name: string): string {
  return name.length <= 80 ? name : `${name.slice(0, 80)}...`;
}
