// Texts by name while they are edited: each row has a key, so that a row keeps its fields when another one goes.

export interface PairRow {
  key: number;
  name: string;
  value: string;
}

let lastKey = 0;

export function newPair(name = '', value = ''): PairRow {
  lastKey += 1;
  return { key: lastKey, name, value };
}

export function toPairs(values: Readonly<Record<string, string>>): PairRow[] {
  return Object.entries(values).map(([name, value]) => newPair(name, value));
}

/** Without the rows that have no name; of two with one name the last counts. */
export function fromPairs(rows: readonly PairRow[]): Record<string, string> {
  const named = rows.map(({ name, value }) => [name.trim(), value.trim()] as const).filter(([name]) => name !== '');
  return Object.fromEntries(named);
}
