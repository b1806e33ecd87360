// Times as requests may give them: RFC 3339 text or epoch seconds.

/** First second of the year 10000: PostgreSQL and JavaScript go further, a training run does not. */
const endSeconds = 253_402_300_800;
const rfc3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

/** The moment, to the millisecond; null when it is neither RFC 3339 text nor epoch seconds between 1970 and 9999. */
export function parseRequestTime(value: unknown): Date | null {
  const milliseconds =
    typeof value === 'number'
      ? value * 1000
      : typeof value === 'string' && rfc3339.test(value)
        ? Date.parse(value)
        : Number.NaN;
  return milliseconds >= 0 && milliseconds < endSeconds * 1000 ? new Date(Math.round(milliseconds)) : null;
}

export const requestTimeRule = 'must be RFC 3339 with a time zone (2026-01-31T12:00:00Z) or epoch seconds';
