/** Every public error: stable code, HTTP status, title. The detail of an answer says which field and what to do. */
export const publicErrors = {
  invalid_request: { status: 400, title: 'The request is not valid' },
  malformed_json: { status: 400, title: 'The body is not valid JSON' },
  malformed_safetensors: { status: 400, title: 'The body is not a valid safetensors file' },
  invalid_capture: { status: 400, title: 'The capture is not usable' },
  invalid_text: { status: 400, title: 'The text is not valid UTF-8' },
  unauthenticated: { status: 401, title: 'A valid token is needed' },
  forbidden: { status: 403, title: 'The token does not allow this' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  conflict: { status: 409, title: 'Conflict' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'Unsupported content type' },
  idempotency_key_reused: { status: 422, title: 'The idempotency key was used with another body' },
  address_refused: { status: 422, title: 'The address may not be reached' },
  rate_limited: { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Internal error' },
  overloaded: { status: 503, title: 'Overloaded, try again later' },
} as const;

export type PublicErrorCode = keyof typeof publicErrors;

/** One thing wrong with one field; `path` is a JSON pointer, header or query name, or tensor name. */
export interface FieldProblem {
  path: string;
  message: string;
}

/** An error whose code and detail may be shown to the caller. Anything else thrown is a bug and answered as `internal`. */
export class PublicError extends Error {
  readonly code: PublicErrorCode;
  readonly status: number;
  readonly errors: FieldProblem[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: PublicErrorCode,
    detail: string,
    options: { errors?: FieldProblem[]; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'PublicError';
    this.code = code;
    this.status = publicErrors[code].status;
    this.errors = options.errors;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
