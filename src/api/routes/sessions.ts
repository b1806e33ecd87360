// Logging in to the dashboard: a token is exchanged for a cookie that scripts cannot read, and a CSRF token that they must.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PublicError } from '../../contracts/errors.ts';
import { Session, SessionCreate, sessionCookie } from '../../contracts/sessions.ts';
import type { Principal } from '../../contracts/tokens.ts';
import { findSession, insertSession, removeSession } from '../../platform/db/sessions.ts';
import { findPrincipal } from '../../platform/db/tokens.ts';
import { csrfTokenOf, hashToken, newToken } from '../../platform/ids.ts';
import type { ApiDeps } from '../deps.ts';
import { NoContent, problems } from '../schemas.ts';

const sessionDays = 7;

export const sessionRoutes: FastifyPluginAsyncTypebox<ApiDeps> = async (app, deps) => {
  const tags = ['sessions'];

  app.post(
    '/v1/session',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'Log in: a token for a cookie',
        security: [],
        body: SessionCreate,
        response: { 200: Session, ...problems('malformed_json', 'payload_too_large') },
      },
    },
    async (request, reply) => {
      const tokenHash = hashToken(request.body.token);
      const principal = await findPrincipal(deps.database.client, tokenHash);
      if (!principal) throw app.refuseCaller(request);
      if (principal.role === 'ingest') {
        throw new PublicError('forbidden', "A token with the role ingest cannot read; log in with a reader's token.");
      }
      const secret = newToken();
      const createdAt = deps.clock.now();
      const expiresAt = new Date(createdAt.getTime() + sessionDays * 86_400_000);
      await deps.database.transaction((tx) =>
        insertSession(tx, {
          hash: hashToken(secret),
          tokenId: principal.tokenId,
          tokenHash,
          createdAt,
          expiresAt,
        }),
      );
      setCookie(request, reply, secret, expiresAt);
      return present(principal, secret, expiresAt);
    },
  );

  app.get(
    '/v1/session',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'Who is logged in',
        security: [],
        response: { 200: Session, ...problems() },
      },
    },
    async (request, reply) => {
      const secret = request.cookies[sessionCookie];
      const session = secret && (await findSession(deps.database.client, hashToken(secret), deps.clock.now()));
      reply.header('cache-control', 'no-store');
      if (!session)
        throw new PublicError('unauthenticated', 'Nobody is logged in here; POST /v1/session with a token.');
      return present(session.principal, secret, session.expiresAt);
    },
  );

  app.delete(
    '/v1/session',
    {
      config: { access: 'read' },
      schema: { tags, summary: 'Log out', response: { 204: NoContent, ...problems() } },
    },
    async (request, reply) => {
      const secret = request.cookies[sessionCookie];
      if (secret) {
        await removeSession(deps.database.client, hashToken(secret));
        app.forgetCaller(secret);
      }
      reply.clearCookie(sessionCookie, { path: '/' });
      return reply.code(204).send(null);
    },
  );

  function setCookie(request: FastifyRequest, reply: FastifyReply, secret: string, expires: Date): void {
    const isSecure = request.protocol === 'https' || deps.settings.publicUrl().startsWith('https:');
    reply.header('cache-control', 'no-store');
    reply.setCookie(sessionCookie, secret, {
      path: '/',
      httpOnly: true,
      sameSite: 'strict',
      secure: isSecure,
      expires,
    });
  }
};

function present({ role, project, name }: Principal, secret: string, expiresAt: Date): Session {
  return { role, project, name, csrf_token: csrfTokenOf(secret), expires_at: expiresAt.toISOString() };
}
