// Calls of the public HTTP API, as any client makes them: the quickstart goes through the front door.
import type { Locale } from '../contracts/common.ts';

export interface ApiClient {
  /** Sends JSON, or raw bytes with their content type; answers the parsed body, null when there is none. @throws Error naming call and problem. */
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
}

/** A body that is not JSON. */
export interface RawBody {
  contentType: string;
  bytes: Uint8Array;
}

const timeoutMs = 30_000;

export function createApiClient(options: { url: string; token: string; locale: Locale }): ApiClient {
  const headers = {
    authorization: `Bearer ${options.token}`,
    'accept-language': options.locale === 'zh' ? 'zh-CN' : 'en',
  };
  return {
    async call<T>(method: string, path: string, body?: unknown): Promise<T> {
      const response = await fetch(`${options.url}${path}`, {
        method,
        signal: AbortSignal.timeout(timeoutMs),
        ...encodeBody(headers, body),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${readDetail(text)}`);
      return (text === '' ? null : JSON.parse(text)) as T;
    },
  };
}

function encodeBody(headers: Record<string, string>, body: unknown): RequestInit {
  if (body === undefined) return { headers };
  if (isRaw(body)) return { headers: { ...headers, 'content-type': body.contentType }, body: Buffer.from(body.bytes) };
  return { headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function isRaw(body: unknown): body is RawBody {
  return typeof body === 'object' && body !== null && 'bytes' in body && body.bytes instanceof Uint8Array;
}

/** The detail of a problem document, or the start of whatever came. */
function readDetail(text: string): string {
  try {
    return String(JSON.parse(text).detail);
  } catch {
    return text.slice(0, 300);
  }
}
