// The element types of safetensors files that Losswatch reads, and how many bytes one element takes.

export const itemBytes = { F32: 4, F64: 8, F16: 2, BF16: 2, BOOL: 1, U8: 1, I32: 4, I64: 8 } as const;

export type SafetensorsDtype = keyof typeof itemBytes;
export const safetensorsDtypes = Object.keys(itemBytes) as SafetensorsDtype[];

export function isSafetensorsDtype(value: unknown): value is SafetensorsDtype {
  return typeof value === 'string' && Object.hasOwn(itemBytes, value);
}
