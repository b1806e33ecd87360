// Who is calling, and whether the route is theirs to call: a bearer token (RFC 6750), or the cookie of a browser that logged in with one.
// What the database knows of either is remembered for a few seconds.
import { timingSafeEqual } from 'node:crypto';
import fastifyCookie from '@fastify/cookie';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { PublicError } from '../../contracts/errors.ts';
import { csrfHeader, sessionCookie } from '../../contracts/sessions.ts';
import type { Principal, Role } from '../../contracts/tokens.ts';
import { findSession } from '../../platform/db/sessions.ts';
import { findPrincipal } from '../../platform/db/tokens.ts';
import { csrfTokenOf, hashToken } from '../../platform/ids.ts';
import type { ApiDeps } from '../deps.ts';

const rememberMs = 5_000;
const maxRemembered = 1_000;
/** Failed attempts of one address in a minute before it is answered 429. */
const maxFailures = 60;
const failureWindowMs = 60_000;
const maxTokenLength = 512;
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** How a caller proves who it is. */
type Credential = { kind: 'token' | 'session'; secret: string };

/** Register on the root, before the routes: every route declares `config.access`, or the start fails. */
export async function registerAuth(app: FastifyInstance, deps: Pick<ApiDeps, 'database' | 'clock'>): Promise<void> {
  const known = new Map<string, { principal: Principal; until: number }>();
  const failures = createFailureCounter();
  await app.register(fastifyCookie);
  app.decorateRequest('principal', null);
  app.decorate('identify', identify);
  app.decorate('forgetCaller', (secret: string) => known.delete(hashToken(secret)));
  app.decorate('forgetToken', (id: string) => {
    for (const [hash, { principal }] of known) if (principal.tokenId === id) known.delete(hash);
  });
  app.decorate('refuseCaller', (request: FastifyRequest) => failures.refuse(request.ip, deps.clock.now().getTime()));
  app.addHook('onRoute', (route) => {
    if (route.url.startsWith('/v1/') && route.config?.access === undefined)
      throw new Error(`route ${route.url} declares no access`);
  });
  app.addHook('onRequest', async (request) => {
    const access = request.routeOptions.config.access;
    if (access === undefined || access === 'public') return;
    request.principal = await identify(request);
    if (request.principal === null) throw app.refuseCaller(request);
    requireCsrfToken(request);
    if (!mayCall(request.principal.role, access)) {
      throw new PublicError(
        'forbidden',
        `This call needs a token with the role ${access}; this token's role is ${request.principal.role}.`,
      );
    }
  });

  async function identify(request: FastifyRequest): Promise<Principal | null> {
    const credential = credentialOf(request);
    if (!credential) return null;
    const now = deps.clock.now();
    const hash = hashToken(credential.secret);
    const remembered = known.get(hash);
    if (remembered && remembered.until > now.getTime()) return remembered.principal;
    const principal = await look(credential.kind, hash, now);
    known.delete(hash);
    if (known.size >= maxRemembered) known.delete(known.keys().next().value as string);
    if (principal) known.set(hash, { principal, until: now.getTime() + rememberMs });
    return principal;
  }

  async function look(kind: Credential['kind'], hash: string, now: Date): Promise<Principal | null> {
    const { client } = deps.database;
    return kind === 'token' ? findPrincipal(client, hash) : ((await findSession(client, hash, now))?.principal ?? null);
  }
}

/** A bearer token goes before a cookie, so that a script's own token is never overruled by a browser's. */
function credentialOf(request: FastifyRequest): Credential | null {
  const { authorization } = request.headers;
  const secret =
    authorization === undefined ? request.cookies[sessionCookie] : /^Bearer +([\x21-\x7e]+)$/i.exec(authorization)?.[1];
  if (secret === undefined || secret.length > maxTokenLength) return null;
  return { kind: authorization === undefined ? 'session' : 'token', secret };
}

/**
 * A page of another site can make a browser send the cookie, but cannot read the token that belongs to it (OWASP's Cross-Site Request
 * Forgery Prevention Cheat Sheet, "HMAC-based token").
 * @throws PublicError `forbidden`.
 */
function requireCsrfToken(request: FastifyRequest): void {
  const credential = credentialOf(request);
  if (credential?.kind !== 'session' || safeMethods.has(request.method)) return;
  const expected = Buffer.from(csrfTokenOf(credential.secret));
  const given = Buffer.from(String(request.headers[csrfHeader] ?? ''));
  if (given.length === expected.length && timingSafeEqual(given, expected)) return;
  const message = 'must be the csrf_token that GET /v1/session answers';
  throw new PublicError('forbidden', `The header ${csrfHeader} ${message}.`, {
    errors: [{ path: `header:${csrfHeader}`, message }],
  });
}

function mayCall(role: Role, access: Role): boolean {
  return role === 'admin' || role === access;
}

/** Counts failed attempts by address: a bounded table, forgotten every minute. */
function createFailureCounter() {
  let counts = new Map<string, number>();
  let since = 0;
  return {
    refuse(address: string, now: number): PublicError {
      if (now - since >= failureWindowMs || counts.size >= maxRemembered) {
        counts = new Map();
        since = now;
      }
      const count = (counts.get(address) ?? 0) + 1;
      counts.set(address, count);
      if (count <= maxFailures)
        return new PublicError('unauthenticated', 'Send "Authorization: Bearer TOKEN" with a token of this service.');
      const retryAfterSeconds = Math.max(1, Math.ceil((since + failureWindowMs - now) / 1000));
      return new PublicError('rate_limited', 'Too many failed attempts to authenticate from this address.', {
        retryAfterSeconds,
      });
    },
  };
}

/** The caller of a route that is not public. */
export function principalOf(request: FastifyRequest): Principal {
  if (!request.principal) throw new Error('route without authentication asked who is calling');
  return request.principal;
}

/** The project a list is confined to: the token's, else the one asked for. Asking for another project than the token's: 403. */
export function confineProject(principal: Principal, asked: string | undefined): string | undefined {
  if (principal.project !== null && asked !== undefined && asked !== principal.project) {
    throw new PublicError('forbidden', `This token belongs to the project ${principal.project}.`);
  }
  return principal.project ?? asked;
}
