// What this API adds to Fastify's requests and route options.
import type { PublicError } from '../contracts/errors.ts';
import type { Principal, Role } from '../contracts/tokens.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is calling; set by plugins/auth.ts on every route that is not public. */
    principal: Principal | null;
    /** sha256 of content type and body, hex; set when the request has an Idempotency-Key. */
    bodySha256: string;
  }
  interface FastifyInstance {
    /** Who is calling by the request's token or cookie; null when neither stands. */
    identify(request: FastifyRequest): Promise<Principal | null>;
    /** Counts a failed attempt to authenticate and answers the error to throw. */
    refuseCaller(request: FastifyRequest): PublicError;
    /** Forgets at once what is remembered of a session that ended. */
    forgetCaller(secret: string): void;
    /** Forgets at once what is remembered of a token that was revoked, and of its sessions. */
    forgetToken(id: string): void;
  }
  interface FastifyContextConfig {
    /** Role the caller must have (admin has all), or public. A route without it is refused at start. */
    access?: Role | 'public';
    /** Content types of the body, for the answer 415. */
    accepts?: string[];
    /** An empty JSON body means {}. */
    emptyBody?: boolean;
    /** Names and numbers in the body are judged one by one by the route. */
    judgesItems?: boolean;
  }
}
