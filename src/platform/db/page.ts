// Keyset pagination: a cursor holds the sort value and id of the last row of a page.
import { PublicError } from '../../contracts/errors.ts';

export function encodeCursor(parts: (string | number)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** A cursor of one part is an id, one of two is [sort value, id]. @throws PublicError `invalid_request` naming `cursor` when it was not made by encodeCursor with `length` parts. */
export function decodeCursor(cursor: string | undefined, length: number): (string | number)[] | null {
  if (cursor === undefined) return null;
  try {
    const parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (
      Array.isArray(parts) &&
      parts.length === length &&
      parts.every(isPart) &&
      (length === 1 || isSortValue(parts[0]))
    )
      return parts;
  } catch {
    // answered below
  }
  throw new PublicError('invalid_request', 'The cursor is not one this service gave out; start again without it.', {
    errors: [{ path: 'query:cursor', message: 'not a cursor of this service' }],
  });
}

function isPart(part: unknown): part is string | number {
  return typeof part === 'string' ? !part.includes('\0') : typeof part === 'number';
}

/** The sort values of this service are counts and times in ms, which must be ones that a Date can hold. */
function isSortValue(part: unknown): boolean {
  return Number.isInteger(part) && Math.abs(part as number) <= 8.64e15;
}

/** Cuts a list read with `limit + 1` rows into a page. */
export function toPage<Row, Item>(
  rows: Row[],
  limit: number,
  present: (row: Row) => Item,
  cursorOf: (row: Row) => (string | number)[],
) {
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  return {
    items: kept.map(present),
    next_cursor: rows.length > limit && last !== undefined ? encodeCursor(cursorOf(last)) : null,
  };
}
