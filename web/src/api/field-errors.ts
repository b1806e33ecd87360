// Where in a form the API's problems belong: each is told at its field, what has no field is told below.
import { ApiError } from './call-api.ts';

export interface PlacedErrors {
  /** What is wrong at a path ("/ends_at") or with what lies in it ("/matchers/0" tells of "/matchers/0/value"). */
  at(path: string): string | undefined;
  /** The error itself when no field tells all of it. */
  rest: Error | null;
}

/** `paths`: those that the form has a field for. */
export function placeErrors(error: Error | null, paths: readonly string[]): PlacedErrors {
  const problems = error instanceof ApiError ? error.errors : [];
  const isIn = (path: string, field: string) => path === field || path.startsWith(`${field}/`);
  const arePlaced = problems.length > 0 && problems.every(({ path }) => paths.some((field) => isIn(path, field)));
  return {
    at: (field) => problems.find(({ path }) => isIn(path, field))?.message,
    rest: arePlaced ? null : error,
  };
}
