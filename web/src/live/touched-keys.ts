// Which answers an event makes old.
import type { LiveEvent } from './live-connection.ts';

/** Begins the keys of answers that are never read again by themselves (live-pages.ts). */
export const notRead = 'not-read-again';

/** Beginnings of query keys (see api/*-queries.ts). An event of a kind that is not known touches nothing. */
export function touchedKeys({ type, data }: LiveEvent): readonly (readonly string[])[] {
  const { id, run_id: runId } = data as { id?: unknown; run_id?: unknown };
  switch (type) {
    case 'incident':
      return [['incidents'], ['overview'], ['runs'], ...(typeof id === 'string' ? [['incident', id]] : [])];
    case 'run':
      return [['runs'], ['overview'], ...(typeof id === 'string' ? [['run', id]] : [])];
    case 'capture':
      return typeof runId === 'string' ? [['run', runId]] : [];
    // Events were missed for good: everything may be old.
    case 'reset':
      return [[]];
    default:
      return [];
  }
}
