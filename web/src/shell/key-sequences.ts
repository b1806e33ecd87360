// Which command the typed keys mean: "g i" leads to the incidents, "/" to the search field, "?" to the list of all keys.

export type Command = { kind: 'go'; key: string } | { kind: 'search' } | { kind: 'help' };

/** The keys typed so far and when the last one came. */
export interface Typed {
  prefix: '' | 'g';
  atMs: number;
}

export const nothingTyped: Typed = { prefix: '', atMs: 0 };

/** After a "g", the next key counts for this long. */
const patienceMs = 1_500;

export function typeKey(typed: Typed, key: string, nowMs: number): { typed: Typed; command: Command | null } {
  const prefix = nowMs - typed.atMs <= patienceMs ? typed.prefix : '';
  if (prefix === 'g') return { typed: nothingTyped, command: { kind: 'go', key } };
  if (key === 'g') return { typed: { prefix: 'g', atMs: nowMs }, command: null };
  if (key === '/') return { typed: nothingTyped, command: { kind: 'search' } };
  if (key === '?') return { typed: nothingTyped, command: { kind: 'help' } };
  return { typed: nothingTyped, command: null };
}
