// A capture sent as JSON becomes the safetensors file it could have been, so that everything after the door knows one format.
import { type FieldProblem, PublicError } from '../contracts/errors.ts';
import { nonFiniteTokens } from '../contracts/runs.ts';
import { type TensorToWrite, writeSafetensors } from '../kernels/safetensors/write-safetensors.ts';

/** Tensors by name; everything else in the body is ignored. Floats are kept as F64: JSON numbers are. */
const tensors = { pred_dist: 'F64', target: 'F64', weight: 'F64', mask: 'BOOL', target_full: 'F64' } as const;
const maxAxes = 4;
const tokens: ReadonlySet<unknown> = new Set(nonFiniteTokens);

/**
 * A safetensors file (bytes) of a JSON body: each tensor a nested array, or flat as `{shape, data}`; `metadata` an object whose values
 * are texts, or numbers and arrays that are written out as JSON. The shapes are judged later, like those of any capture.
 * @throws PublicError `invalid_capture` naming the tensor and the element.
 */
export function captureFromJson(body: unknown): Uint8Array {
  if (!isObject(body)) throw refused('body', 'must be an object of tensors');
  const written: Record<string, TensorToWrite> = {};
  for (const [name, dtype] of Object.entries(tensors)) {
    const value = body[name];
    if (value !== undefined && value !== null) written[name] = toTensor(name, value, dtype);
  }
  return writeSafetensors(written, toMetadata(body.metadata));
}

function toTensor(name: string, value: unknown, dtype: 'F64' | 'BOOL'): TensorToWrite {
  const { shape, elements } = isObject(value) ? flatTensor(name, value) : nestedTensor(name, value);
  const data = dtype === 'F64' ? new Float64Array(elements.length) : new Uint8Array(elements.length);
  elements.forEach((element, index) => {
    data[index] = dtype === 'F64' ? toFloat(name, element, index) : toBool(name, element, index);
  });
  return { dtype, shape, data };
}

function flatTensor(name: string, value: Record<string, unknown>): { shape: number[]; elements: unknown[] } {
  const { shape, data } = value;
  if (
    !Array.isArray(shape) ||
    shape.length > maxAxes ||
    !shape.every((size) => Number.isSafeInteger(size) && size >= 0)
  ) {
    throw refused(`${name}.shape`, `must be an array of at most ${maxAxes} sizes`);
  }
  if (!Array.isArray(data)) throw refused(`${name}.data`, 'must be a flat array');
  const wanted = shape.reduce((product: number, size: number) => product * size, 1);
  if (data.length !== wanted)
    throw refused(`${name}.data`, `has ${data.length} elements; its shape [${shape.join(',')}] needs ${wanted}`);
  return { shape, elements: data };
}

function nestedTensor(name: string, value: unknown): { shape: number[]; elements: unknown[] } {
  const shape: number[] = [];
  let level = value;
  while (Array.isArray(level)) {
    shape.push(level.length);
    if (shape.length > maxAxes) throw refused(name, `has more than ${maxAxes} axes`);
    level = level[0];
  }
  if (shape.length === 0) throw refused(name, 'must be a nested array or {shape, data}');
  const elements: unknown[] = [];
  gather(name, value, shape, 0, elements);
  return { shape, elements };
}

function gather(path: string, value: unknown, shape: number[], axis: number, elements: unknown[]): void {
  if (!Array.isArray(value) || value.length !== shape[axis]) {
    throw refused(path, `must be an array of ${shape[axis]} like the first of its level`);
  }
  for (const [index, item] of value.entries()) {
    if (axis + 1 < shape.length) gather(`${path}/${index}`, item, shape, axis + 1, elements);
    else elements.push(item);
  }
}

function toFloat(name: string, value: unknown, index: number): number {
  if (typeof value === 'number' || tokens.has(value)) return Number(value);
  throw refused(name, `element ${index} must be a number or one of "NaN", "Infinity", "-Infinity"`);
}

function toBool(name: string, value: unknown, index: number): number {
  if (value === true || value === 1) return 1;
  if (value === false || value === 0) return 0;
  throw refused(name, `element ${index} must be true, false, 1 or 0`);
}

function toMetadata(value: unknown): Record<string, string> {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw refused('metadata', 'must be an object');
  const entries = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(entries.map(([key, item]) => [key, key === 'reg_range' ? rangeText(item) : toText(item)]));
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** "lo,hi", also when it is given as [lo, hi]. */
function rangeText(value: unknown): string {
  return Array.isArray(value) ? value.join(',') : toText(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refused(path: string, message: string): PublicError {
  const problem: FieldProblem = { path, message };
  return new PublicError('invalid_capture', `${path}: ${message}`, { errors: [problem] });
}
