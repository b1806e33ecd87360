// One HTTP call to the Losswatch API, with the session's cookie and the reader's language; every failure becomes an ApiError.
import type { Locale, Problem } from '../../../src/contracts/common.ts';
import { type PublicErrorCode, publicErrors } from '../../../src/contracts/errors.ts';
import { intlTag } from '../i18n/format.ts';

/** A call that brought no answer to show. `status` 0: the server was not reached or did not speak the API. */
export class ApiError extends Error {
  readonly status: number;
  /** What kind of problem it is; null where the answer was none of the API's. */
  readonly code: PublicErrorCode | null;
  /** Which fields were refused and why. */
  readonly errors: NonNullable<Problem['errors']>;

  constructor(status: number, detail: string, problem: Pick<Partial<Problem>, 'code' | 'errors'> = {}) {
    super(detail);
    this.name = 'ApiError';
    this.status = status;
    this.code = isPublicCode(problem.code) ? problem.code : null;
    this.errors = problem.errors ?? [];
  }
}

function isPublicCode(code: string | undefined): code is PublicErrorCode {
  return code !== undefined && Object.hasOwn(publicErrors, code);
}

export interface Caller {
  /** Proves that a change comes from this page and not from another that rides on its cookie. */
  csrf: string | null;
  locale: Locale;
}

export interface Call {
  method?: 'GET' | 'PATCH' | 'POST' | 'DELETE';
  /** A Blob is sent as it is, with its type; everything else as JSON. */
  body?: unknown;
  /** Statuses besides 2xx whose body is an answer too. */
  accept?: readonly number[];
  signal?: AbortSignal;
}

/** Answers the JSON body of a successful call, taken to be a T by contract (undefined for 204); throws ApiError otherwise. */
export async function callApi<T>(path: string, caller: Caller, call: Call = {}): Promise<T> {
  const { signal, accept = [] } = call;
  const response = await fetch(path, requestOf(caller, call)).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new ApiError(0, '');
  });
  if (response.status === 204) return undefined as T;
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok && !accept.includes(response.status)) {
    const problem = answer as Partial<Problem> | undefined;
    throw new ApiError(response.status, problem?.detail ?? response.statusText, problem);
  }
  // A proxy's HTML page, or nothing where an answer belongs.
  if (answer === undefined) throw new ApiError(0, '');
  return answer as T;
}

function requestOf({ csrf, locale }: Caller, { method = 'GET', body, signal }: Call): RequestInit {
  const headers = new Headers({ accept: 'application/json', 'accept-language': intlTag(locale) });
  if (csrf !== null && method !== 'GET') headers.set('x-csrf-token', csrf);
  const request: RequestInit = { method, headers, signal: signal ?? null, cache: 'no-store' };
  if (body === undefined) return request;
  if (body instanceof Blob) return { ...request, body };
  headers.set('content-type', 'application/json');
  return { ...request, body: JSON.stringify(body) };
}
