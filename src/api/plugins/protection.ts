// What protects the service from its callers and their browsers: security headers, the rate per token, refusal under overload.
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import fastifyHelmet from '@fastify/helmet';
import fastifyRateLimit from '@fastify/rate-limit';
import fastifyUnderPressure from '@fastify/under-pressure';
import { type FastifyInstance, fastify } from 'fastify';
import { PublicError } from '../../contracts/errors.ts';

const rateWindowMs = 10_000;
/** The event loop is this late only when requests can no longer be answered in time. */
const maxEventLoopDelayMs = 5_000;
/** A request that is refused early may go on sending for this long, so that its sender gets to read the answer. */
const lingerMs = 15_000;

/** Register after authentication and before the routes: the rate is counted by token. */
export async function registerProtection(app: FastifyInstance, requestsPerWindow: number): Promise<void> {
  const securityHeaders = await readSecurityHeaders();
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(securityHeaders);
    done();
  });
  await app.register(fastifyRateLimit, {
    max: requestsPerWindow,
    timeWindow: rateWindowMs,
    cache: 10_000,
    keyGenerator: (request) => request.principal?.tokenId ?? request.ip,
    errorResponseBuilder: (_request, { max, ttl }) =>
      new PublicError(
        'rate_limited',
        `At most ${max} requests in ${rateWindowMs / 1000} s are answered for one token; slow down.`,
        {
          retryAfterSeconds: Math.max(1, Math.ceil(ttl / 1000)),
        },
      ),
  });
  await app.register(fastifyUnderPressure, {
    maxEventLoopDelay: maxEventLoopDelayMs,
    pressureHandler: (request) => {
      if (request.routeOptions.url === '/healthz') return undefined;
      throw new PublicError('overloaded', 'The service is overloaded; send the request again later.', {
        retryAfterSeconds: 10,
      });
    },
  });
  registerLingering(app);
}

/** What helmet sends. It is the same for every answer, and helmet would work it out anew for each. */
async function readSecurityHeaders(): Promise<OutgoingHttpHeaders> {
  const app = fastify();
  await app.register(fastifyHelmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    /** TLS is the proxy's: over plain HTTP the header would be ignored, behind TLS the proxy sets it. */
    strictTransportSecurity: false,
    xFrameOptions: { action: 'deny' },
  });
  let headers: OutgoingHttpHeaders = {};
  app.get('/', async (_request, reply) => {
    headers = reply.raw.getHeaders();
    return '';
  });
  await app.inject('/');
  await app.close();
  return headers;
}

/**
 * An answer that comes before the body was read must reach a sender that is still sending (RFC 9112 section 9.6): closing at once would
 * reset the connection under it. A connection that is to be kept is drained after the answer; one that the caller wants closed is drained
 * before. Either way nothing is kept, and the sender has `lingerMs`.
 */
function registerLingering(app: FastifyInstance): void {
  app.addHook('onSend', ({ raw }, _reply, _payload, done) => {
    if (isUnread(raw) && raw.headers.connection?.toLowerCase() === 'close') void drain(raw).then(() => done());
    else done();
  });
  app.addHook('onResponse', ({ raw }, _reply, done) => {
    done();
    if (!isUnread(raw)) return;
    raw.resume();
    const timer = setTimeout(() => {
      if (isUnread(raw)) raw.socket.destroy();
    }, lingerMs);
    timer.unref();
  });
}

/** `complete` is undefined for requests that came through no socket (app.inject). */
function isUnread(raw: IncomingMessage): boolean {
  return raw.complete === false && !raw.destroyed;
}

async function drain(raw: IncomingMessage): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, lingerMs);
    raw.once('close', resolve).once('end', resolve).once('error', resolve);
    raw.once('close', () => clearTimeout(timer)).once('end', () => clearTimeout(timer));
    raw.resume();
  });
}
