// A nested configuration as lines of path and value, the way people search it.

export interface FlatEntry {
  /** Keys joined by dots, indices in brackets: `model.head.reg_range[0]`. */
  path: string;
  value: string;
}

/** Lists of simple values stay on one line. Empty objects and lists are lines too: an empty setting is a setting. */
export function flatten(value: unknown, path = ''): FlatEntry[] {
  if (Array.isArray(value)) {
    if (value.length === 0 || value.every((item) => item === null || typeof item !== 'object')) {
      return [{ path, value: `[${value.map(spell).join(', ')}]` }];
    }
    return value.flatMap((item, index) => flatten(item, `${path}[${index}]`));
  }
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value);
    if (entries.length === 0) return [{ path, value: '{}' }];
    return entries.flatMap(([key, inner]) => flatten(inner, path === '' ? key : `${path}.${key}`));
  }
  return [{ path, value: spell(value) }];
}

function spell(value: unknown): string {
  return typeof value === 'string' ? value : String(value);
}
