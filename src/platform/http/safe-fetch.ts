// Outgoing requests to addresses that users gave. The address is checked on the socket's own look-up at connect time, so a name that
// resolves differently the second time (DNS rebinding) gains nothing. Redirects are not followed; time and answer are bounded.
import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector, type Dispatcher, request } from 'undici';
import { type AddressCheck, createAddressCheck } from './address-check.ts';

export type PostResult =
  | {
      kind: 'answered';
      status: number;
      answer: string;
      /** Those of `keptHeaders` that came, in lower case. */
      headers?: Record<string, string>;
      retryAfterSeconds?: number;
      latencyMs: number;
    }
  | { kind: 'refused'; reason: string }
  | { kind: 'failed'; reason: string; latencyMs: number };

export interface PostOptions {
  headers: Record<string, string>;
  body: string;
  /** Bounds the whole exchange; 15,000 when left out. */
  timeoutMs?: number;
  /** The rest of the answer is not read; 1,024 when left out. */
  maxAnswerBytes?: number;
}

export interface SafeFetch {
  /** Never throws: what happened is in the result. `refused` means that nothing was sent and trying again will not help. */
  post(url: string, options: PostOptions): Promise<PostResult>;
  close(): Promise<void>;
}

export type UrlVerdict = { kind: 'ok' } | { kind: 'invalid'; reason: string } | { kind: 'refused'; reason: string };

/** Headers that say how to go on. */
const keptHeaders = ['webhook-delivery', 'x-ratelimit-remaining', 'x-ratelimit-reset-after'];

/** Finds all addresses of a name. */
type LookUp = (
  hostname: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

class AddressRefused extends Error {}

/** What can be said of a URL without looking its name up: scheme, credentials, literal addresses in every spelling. */
export function checkUrl(text: string, { allow }: { allow: readonly string[] }): UrlVerdict {
  return judgeUrl(text, createAddressCheck(allow));
}

/** `allow`: CIDRs, addresses and host names reachable besides public addresses. `lookUp`: the system's resolver when left out. */
export function createSafeFetch({ allow, lookUp = lookup }: { allow: readonly string[]; lookUp?: LookUp }): SafeFetch {
  const check = createAddressCheck(allow);
  const connect = buildConnector({ lookup: checkedLookup(check, lookUp), timeout: 10_000 });
  const agent = new Agent({
    connect: (options, callback) => {
      const problem = findLiteralProblem(options.hostname, check);
      if (problem !== null) callback(new AddressRefused(problem), null);
      else connect(options, callback);
    },
    maxHeaderSize: 16_384,
    keepAliveTimeout: 5_000,
    connections: 8,
  });
  return {
    async post(url, options) {
      const verdict = judgeUrl(url, check);
      if (verdict.kind !== 'ok') return { kind: 'refused', reason: verdict.reason };
      return exchange(agent, url, options);
    },
    close: () => agent.destroy(),
  };
}

function judgeUrl(text: string, check: AddressCheck): UrlVerdict {
  if (!URL.canParse(text))
    return {
      kind: 'invalid',
      reason: 'the URL cannot be parsed; give one such as https://hooks.example.org/losswatch',
    };
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return { kind: 'invalid', reason: 'the URL must begin with https:// or http://' };
  if (url.username || url.password)
    return { kind: 'invalid', reason: 'the URL must not contain a user name or password' };
  if (url.port === '0') return { kind: 'invalid', reason: 'the URL names port 0, on which nothing can listen' };
  const problem = findLiteralProblem(url.hostname, check);
  return problem === null ? { kind: 'ok' } : { kind: 'refused', reason: problem };
}

/** The WHATWG URL parser has turned spellings such as 2130706433 or 0x7f.1 into dotted form already. */
function findLiteralProblem(hostname: string, check: AddressCheck): string | null {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  // RFC 6761: these names are loopback wherever they are looked up.
  if (/^(.+\.)?localhost\.?$/.test(bare)) return check.findProblem('127.0.0.1', bare);
  return isIP(bare) === 0 ? null : check.findProblem(bare, bare);
}

/** Looks a name up and refuses it when any of its addresses may not be reached; the socket gets exactly the checked addresses. */
function checkedLookup(check: AddressCheck, lookUp: LookUp): LookupFunction {
  return (hostname, options, callback) => {
    lookUp(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0);
      const problem = addresses
        .map(({ address }) => check.findProblem(address, hostname))
        .find((found) => found !== null);
      if (problem) return callback(new AddressRefused(`${hostname}: ${problem}`), '', 0);
      if (options.all) return callback(null, addresses);
      const [first] = addresses;
      return first
        ? callback(null, first.address, first.family)
        : callback(new Error(`${hostname} has no address`), '', 0);
    });
  };
}

async function exchange(agent: Agent, url: string, options: PostOptions): Promise<PostResult> {
  const { headers, body, timeoutMs = 15_000, maxAnswerBytes = 1_024 } = options;
  const startedAt = performance.now();
  const latencyMs = () => Math.round(performance.now() - startedAt);
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await request(url, { method: 'POST', headers, body, dispatcher: agent, signal });
    const status = response.statusCode;
    const retryAfterSeconds = readRetryAfter(response.headers['retry-after']);
    const answeredMs = latencyMs();
    const answer = await readStart(response.body, maxAnswerBytes);
    return {
      kind: 'answered',
      status,
      answer,
      ...keep(response.headers),
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      latencyMs: answeredMs,
    };
  } catch (error) {
    if (error instanceof AddressRefused) return { kind: 'refused', reason: error.message };
    return {
      kind: 'failed',
      reason: signal.aborted ? `no answer within ${timeoutMs} ms` : describe(error),
      latencyMs: latencyMs(),
    };
  }
}

/** The first bytes of an answer as text. The status is known by now, so a body that breaks off or drips past the time limit is cut there. */
async function readStart(body: Dispatcher.ResponseData['body'], maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= maxBytes) break;
    }
  } catch {
    // Cut short: what came is kept.
  }
  body.on('error', () => {}).destroy();
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, maxBytes)).replaceAll('\0', '\ufffd');
}

function keep(headers: Dispatcher.ResponseData['headers']): { headers?: Record<string, string> } {
  const kept = keptHeaders.flatMap((name) => (headers[name] ? [[name, String(headers[name])]] : []));
  return kept.length === 0 ? {} : { headers: Object.fromEntries(kept) };
}

/** Seconds of a Retry-After header, given as seconds or as a date (RFC 9110, section 10.2.3). */
function readRetryAfter(header: string | string[] | undefined): number | undefined {
  const text = Array.isArray(header) ? header[0] : header;
  if (text === undefined) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(text)) return Number(text);
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - Date.now()) / 1000));
}

function describe(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(describe).join('; ').slice(0, 300);
  if (!(error instanceof Error)) return String(error).slice(0, 300);
  return (error.message || (error as NodeJS.ErrnoException).code || error.name).slice(0, 300);
}
