// Who is calling, and whether the route is theirs to call. Bearer tokens only (RFC 6750); a token's hash is looked up in the database and
// remembered for a few seconds.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { PublicError } from '../../contracts/errors.ts';
import type { Principal, Role } from '../../contracts/tokens.ts';
import { findPrincipal } from '../../platform/db/tokens.ts';
import { hashToken } from '../../platform/ids.ts';
import type { ApiDeps } from '../deps.ts';

const rememberMs = 5_000;
const maxRemembered = 1_000;
/** Failed attempts of one address in a minute before it is answered 429. */
const maxFailures = 60;
const failureWindowMs = 60_000;
const maxTokenLength = 512;

/** Register on the root, before the routes: every route declares `config.access`, or the start fails. */
export function registerAuth(app: FastifyInstance, deps: Pick<ApiDeps, 'database' | 'clock'>): void {
  const known = new Map<string, { principal: Principal; until: number }>();
  const failures = createFailureCounter();
  app.decorateRequest('principal', null);
  app.addHook('onRoute', (route) => {
    if (route.url.startsWith('/v1/') && route.config?.access === undefined)
      throw new Error(`route ${route.url} declares no access`);
  });
  app.addHook('onRequest', async (request) => {
    const access = request.routeOptions.config.access;
    if (access === undefined || access === 'public') return;
    const now = deps.clock.now().getTime();
    request.principal = await authenticate(request, now);
    if (request.principal === null) throw failures.refuse(request.ip, now);
    if (!mayCall(request.principal.role, access)) {
      throw new PublicError(
        'forbidden',
        `This call needs a token with the role ${access}; this token's role is ${request.principal.role}.`,
      );
    }
  });

  async function authenticate(request: FastifyRequest, now: number): Promise<Principal | null> {
    const token = /^Bearer +([\x21-\x7e]+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined || token.length > maxTokenLength) return null;
    const hash = hashToken(token);
    const remembered = known.get(hash);
    if (remembered && remembered.until > now) return remembered.principal;
    const principal = await findPrincipal(deps.database.client, hash);
    known.delete(hash);
    if (known.size >= maxRemembered) known.delete(known.keys().next().value as string);
    if (principal) known.set(hash, { principal, until: now + rememberMs });
    return principal;
  }
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
