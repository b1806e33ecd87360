// JSON lines on standard output. Tokens, secrets and passwords never get there: known fields are dropped, and a password inside any URL
// of a line is struck out.
import { type DestinationStream, type Logger, pino } from 'pino';

const secretFields = [
  'authorization',
  'cookie',
  'password',
  'secret',
  'token',
  'adminToken',
  'databaseUrl',
  'redisUrl',
  'DATABASE_URL',
  'REDIS_URL',
];
const redactedPaths = secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);

export interface LoggerOptions {
  /** pino level name; `silent` logs nothing. */
  level: string;
  /** Where lines go; standard output when left out. */
  destination?: DestinationStream;
}

export function createLogger({ level, destination }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError },
      redact: { paths: redactedPaths, censor: '[redacted]' },
      hooks: { streamWrite: strikeOutPasswords },
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  );
}

/** What tells one error from another. Drivers hang their whole connection on an error, with all its settings: that is left out. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { type, message, stack } = pino.stdSerializers.err(error);
  const { code, detail, severity } = error as { code?: unknown; detail?: unknown; severity?: unknown };
  return { type, message, stack, code, detail, severity };
}

/** `scheme://user:password@host` becomes `scheme://user:[redacted]@host`. */
function strikeOutPasswords(line: string): string {
  return line.includes('://') ? line.replace(/(:\/\/[^\s:@/"\\]*):[^\s@"\\]+@/g, '$1:[redacted]@') : line;
}
