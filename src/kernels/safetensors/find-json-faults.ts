// Finds what JSON.parse forgives: keys given twice in one object (it keeps the last silently) and nesting that no safetensors header has.

interface OpenContainer {
  /** Keys seen so far; null for an array. */
  keys: Set<string> | null;
  /** In an object: whether the next string is a key. */
  awaitsKey: boolean;
}

export type JsonFault = { kind: 'duplicate-key'; key: string; depth: number } | { kind: 'too-deep'; depth: number };

/**
 * The first fault of a text that JSON.parse accepted, or null. Keys are compared after decoding their escapes. `depth` is 1 inside the
 * outermost object. Containers are kept on an explicit stack, so hostile nesting costs no call stack.
 */
export function findJsonFault(validJson: string, maxDepth: number): JsonFault | null {
  const open: OpenContainer[] = [];
  for (let at = 0; at < validJson.length; at++) {
    const char = validJson[at];
    const container = open[open.length - 1];
    if (char === '{' || char === '[') {
      open.push({ keys: char === '{' ? new Set() : null, awaitsKey: char === '{' });
      if (open.length > maxDepth) return { kind: 'too-deep', depth: open.length };
    } else if (char === '}' || char === ']') {
      open.pop();
    } else if (char === ',' && container?.keys) {
      container.awaitsKey = true;
    } else if (char === '"') {
      const end = endOfString(validJson, at);
      if (container?.keys && container.awaitsKey) {
        const key = JSON.parse(validJson.slice(at, end + 1)) as string;
        if (container.keys.has(key)) return { kind: 'duplicate-key', key, depth: open.length };
        container.keys.add(key);
        container.awaitsKey = false;
      }
      at = end;
    }
  }
  return null;
}

/** Index of the quote that closes the string opened at `start`. */
function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at;
}
