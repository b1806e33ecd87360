// One HTTP call to the Losswatch API, with the reader's token and language; every failure becomes an ApiError.
import type { Locale, Problem } from '../../../src/contracts/common.ts';
import { intlTag } from '../relative-time.ts';

/** A call that brought no answer to show. `status` 0: the server was not reached or did not speak the API. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.name = 'ApiError';
    this.status = status;
  }
}

export interface Caller {
  token: string | null;
  locale: Locale;
}

export interface Call {
  method?: 'GET' | 'PATCH' | 'POST';
  /** Sent as JSON. */
  body?: unknown;
  /** Statuses besides 2xx whose body is an answer too. */
  accept?: readonly number[];
  signal?: AbortSignal;
}

/** Answers the JSON body of a successful call, taken to be a T by contract; throws ApiError otherwise. */
export async function callApi<T>(
  path: string,
  caller: Caller,
  { method = 'GET', body, accept = [], signal }: Call = {},
): Promise<T> {
  const headers = new Headers({ accept: 'application/json', 'accept-language': intlTag(caller.locale) });
  if (caller.token !== null) headers.set('authorization', `Bearer ${caller.token}`);
  if (body !== undefined) headers.set('content-type', 'application/json');
  const request: RequestInit = { method, headers, signal: signal ?? null, cache: 'no-store' };
  if (body !== undefined) request.body = JSON.stringify(body);

  const response = await fetch(path, request).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new ApiError(0, '');
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok && !accept.includes(response.status)) {
    throw new ApiError(response.status, (answer as Partial<Problem> | undefined)?.detail ?? response.statusText);
  }
  // A proxy's HTML page, or nothing where an answer belongs.
  if (answer === undefined) throw new ApiError(0, '');
  return answer as T;
}
