// Settings from the environment: read once, checked whole, frozen. Every variable is described in .env.example.
import { resolve } from 'node:path';
import { type BackendName, backendNames } from '../contracts/capture.ts';
import { limits } from '../contracts/limits.ts';
import { findAllowProblem } from './http/address-check.ts';

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface Config {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Absolute path. */
  readonly dataDir: string;
  readonly adminToken: string | undefined;
  readonly databaseUrl: string | undefined;
  readonly redisUrl: string | undefined;
  readonly dflBackend: 'auto' | BackendName;
  /** Without a slash at the end. */
  readonly publicUrl: string | undefined;
  /** CIDRs, addresses and host names. */
  readonly outboundAllow: string[];
  /** Null when no mail can be sent. */
  readonly mailServer: { readonly url: string; readonly from: string } | null;
  readonly logLevel: LogLevel;
  /** Requests per token in 10 seconds. */
  readonly rateLimit: number;
  readonly maxCaptureBytes: number;
  readonly healthyCaptureDays: number;
}

/** All that is wrong with the settings, one line per variable; never contains a value that may be secret. */
export class ConfigError extends Error {
  readonly problems: string[];

  constructor(problems: string[]) {
    super(`The settings have problems:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** A variable's value from its text, or a problem to show. */
type Reader<T> = (text: string) => { value: T } | { problem: string };

/** Reads the settings; an empty variable counts as unset. @throws ConfigError listing every problem at once. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const problems: string[] = [];
  function read<T, D>(name: string, fallback: D, reader: Reader<T>): T | D {
    const text = env[name]?.trim() ?? '';
    if (text === '') return fallback;
    const result = reader(text);
    if ('value' in result) return result.value;
    problems.push(`${name} ${result.problem}`);
    return fallback;
  }
  function readMailServer(): Config['mailServer'] {
    const server = read('LOSSWATCH_SMTP_URL', null, url(['smtp:', 'smtps:']));
    const from = read('LOSSWATCH_SMTP_FROM', null, sender);
    if (server !== null && from !== null) return { url: server, from };
    if ((server === null) !== (from === null) && problems.every((problem) => !problem.startsWith('LOSSWATCH_SMTP')))
      problems.push(
        `${server === null ? 'LOSSWATCH_SMTP_URL' : 'LOSSWATCH_SMTP_FROM'} must be set, too: mail needs a server and a sender`,
      );
    return null;
  }
  const config: Config = {
    host: read('LOSSWATCH_HOST', '127.0.0.1', hostName),
    port: read('LOSSWATCH_PORT', 8787, integer(0, 65_535)),
    dataDir: resolve(read('LOSSWATCH_DATA', '.losswatch', path)),
    adminToken: read('LOSSWATCH_ADMIN_TOKEN', undefined, token),
    databaseUrl: read('DATABASE_URL', undefined, url(['postgresql:', 'postgres:'])),
    redisUrl: read('REDIS_URL', undefined, url(['redis:', 'rediss:'])),
    dflBackend: read('LOSSWATCH_DFL_BACKEND', 'auto', oneOf(['auto', ...backendNames])),
    publicUrl: read('LOSSWATCH_PUBLIC_URL', undefined, publicUrl),
    outboundAllow: read('LOSSWATCH_OUTBOUND_ALLOW', [], allowList),
    mailServer: readMailServer(),
    logLevel: read('LOSSWATCH_LOG_LEVEL', 'info', oneOf(logLevels)),
    rateLimit: read('LOSSWATCH_RATE_LIMIT', 6_000, integer(1, 10_000_000)),
    maxCaptureBytes: read('LOSSWATCH_MAX_CAPTURE_BYTES', limits.captureBytes, integer(1_024, 16 * 1024 ** 3)),
    healthyCaptureDays: read('LOSSWATCH_HEALTHY_CAPTURE_DAYS', 7, integer(0, 36_500)),
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze({ ...config, outboundAllow: Object.freeze(config.outboundAllow) as string[] });
}

function integer(minimum: number, maximum: number): Reader<number> {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= minimum && value <= maximum) return { value };
    return {
      problem: `must be a whole number from ${minimum} to ${maximum}; it is ${JSON.stringify(text.slice(0, 40))}`,
    };
  };
}

function oneOf<const T extends string>(values: readonly T[]): Reader<T> {
  return (text) => {
    const value = values.find((candidate) => candidate === text);
    if (value !== undefined) return { value };
    return { problem: `must be one of ${values.join(', ')}; it is ${JSON.stringify(text.slice(0, 40))}` };
  };
}

/** Connection URLs may hold a password, so their text is never repeated in a problem. */
function url(protocols: string[]): Reader<string> {
  const problem = `must be a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')} (its text is not shown: it may hold a password)`;
  return (text) => (URL.canParse(text) && protocols.includes(new URL(text).protocol) ? { value: text } : { problem });
}

function publicUrl(text: string): ReturnType<Reader<string>> {
  const parsed = URL.canParse(text) ? new URL(text) : null;
  const usable =
    parsed &&
    ['http:', 'https:'].includes(parsed.protocol) &&
    !parsed.username &&
    !parsed.password &&
    !parsed.search &&
    !parsed.hash;
  if (!usable)
    return {
      problem:
        'must be an http:// or https:// URL without user name, query or fragment, such as https://losswatch.example.org',
    };
  return { value: text.replace(/\/+$/, '') };
}

function token(text: string): ReturnType<Reader<string>> {
  if (/^[\x21-\x7e]{1,200}$/.test(text)) return { value: text };
  return {
    problem:
      'must have 1 to 200 printable ASCII characters without spaces; for instance the output of: openssl rand -hex 32',
  };
}

function hostName(text: string): ReturnType<Reader<string>> {
  if (/^[A-Za-z0-9.:_-]{1,253}$/.test(text)) return { value: text };
  return { problem: 'must be an address or host name to listen on, such as 127.0.0.1, 0.0.0.0 or ::1' };
}

function path(text: string): ReturnType<Reader<string>> {
  return text.includes('\0') ? { problem: 'must be the path of a folder' } : { value: text };
}

function sender(text: string): ReturnType<Reader<string>> {
  if (/^([^<>@\r\n]{0,100} <[^\s<>@]{1,64}@[A-Za-z0-9.-]{1,253}>|[^\s<>@]{1,64}@[A-Za-z0-9.-]{1,253})$/.test(text))
    return { value: text };
  return { problem: 'must be a mail address such as losswatch@example.org or Losswatch <losswatch@example.org>' };
}

function allowList(text: string): ReturnType<Reader<string[]>> {
  const entries = text.split(',').map((entry) => entry.trim());
  const value = entries.filter((entry) => entry !== '');
  const problems = value.map(findAllowProblem).filter((problem) => problem !== null);
  return problems.length > 0 ? { problem: problems.join('; ') } : { value };
}
