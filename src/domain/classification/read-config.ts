// Finds a setting in a run's config, however deep the framework nests it (YAML sections, "head.reg_range", lists of hooks).

const maxDepth = 8;
const maxNodes = 20_000;

/** The first value, breadth first, whose key is one of `names` or ends with ".name"; undefined when there is none. */
export function findConfigValue(config: Record<string, unknown> | null, names: readonly string[]): unknown {
  let level: unknown[] = config ? [config] : [];
  let seen = 0;
  for (let depth = 0; depth < maxDepth && level.length > 0; depth++) {
    const next: unknown[] = [];
    for (const node of level) {
      if (typeof node !== 'object' || node === null || seen++ > maxNodes) continue;
      for (const [key, value] of Object.entries(node)) {
        if (names.some((name) => key === name || key.endsWith(`.${name}`))) return value;
        next.push(value);
      }
    }
    level = next;
  }
  return undefined;
}
