// When a query asks again.
import { ApiError } from './call-api.ts';

/** Every `ms`, but what the API does not have is not asked for again. */
export function unlessAbsent(ms: number) {
  return (query: { state: { error: Error | null } }) =>
    query.state.error instanceof ApiError && query.state.error.status === 404 ? (false as const) : ms;
}
