// What stands after the "?" of an address, as plain text: the same names and values that the API takes, readable and sendable.

/** A parameter that stands once is a text, one that stands several times a list. */
export type RawSearch = Record<string, unknown>;

export function parseSearch(search: string): RawSearch {
  const found = new Map<string, string | string[]>();
  for (const [name, value] of new URLSearchParams(search)) {
    const before = found.get(name);
    found.set(name, before === undefined ? value : [before, value].flat());
  }
  return Object.fromEntries(found);
}

/** Leaves out what is undefined, null, false or empty: an address says only what differs from the page's first look. */
export function stringifySearch(search: RawSearch): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    for (const part of Array.isArray(value) ? value : [value]) {
      if (part === undefined || part === null || part === false || part === '') continue;
      query.append(name, String(part));
    }
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

/** The text of a parameter without blanks at its ends; undefined when it is absent or empty. */
export function readText(value: unknown): string | undefined {
  const text = Array.isArray(value) ? value[0] : value;
  if (typeof text === 'number') return String(text);
  return typeof text === 'string' && text.trim() !== '' ? text.trim() : undefined;
}

/** The texts of a parameter that may stand several times; undefined when there is none. */
export function readTexts(value: unknown): string[] | undefined {
  const texts = [value].flat().flatMap((part) => readText(part) ?? []);
  return texts.length > 0 ? texts : undefined;
}

/** The one of `choices` that a parameter names, else undefined: a value that does not exist counts as absent. */
export function readChoice<T extends string>(choices: readonly T[], value: unknown): T | undefined {
  const text = readText(value);
  return choices.find((choice) => choice === text);
}

export function readNumber(value: unknown): number | undefined {
  const text = readText(value);
  const number = text === undefined ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : undefined;
}

/** An RFC 3339 time as it is written; undefined for what is none. */
export function readTime(value: unknown): string | undefined {
  const text = readText(value);
  return text !== undefined && /^\d{4}-\d{2}-\d{2}T/.test(text) && !Number.isNaN(Date.parse(text)) ? text : undefined;
}

/** true for `true` and `1`; undefined otherwise, so that false never stands in an address. */
export function readFlag(value: unknown): true | undefined {
  return value === true || value === 'true' || value === '1' ? true : undefined;
}
