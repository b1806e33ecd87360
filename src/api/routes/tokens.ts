// API tokens: made, listed, revoked. Only a hash is stored; the token is shown once.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { PublicError } from '../../contracts/errors.ts';
import { limits } from '../../contracts/limits.ts';
import { operatorTokenId, TokenCreate, TokenCreated, TokenListQuery, TokenPage } from '../../contracts/tokens.ts';
import { insertToken, listTokens, revokeToken } from '../../platform/db/tokens.ts';
import { hashToken, newToken } from '../../platform/ids.ts';
import type { ApiDeps } from '../deps.ts';
import { answerOnce } from '../idempotent.ts';
import { confineProject, principalOf } from '../plugins/auth.ts';
import { IdempotencyHeaders, IdParams, NoContent, problems } from '../schemas.ts';

export const tokenRoutes: FastifyPluginAsyncTypebox<ApiDeps> = async (app, deps) => {
  app.post(
    '/v1/tokens',
    {
      config: { access: 'admin' },
      schema: {
        tags: ['tokens'],
        summary: 'Make a token; it is shown this once',
        headers: IdempotencyHeaders,
        body: TokenCreate,
        response: { 201: TokenCreated, ...problems('malformed_json', 'payload_too_large', 'idempotency_key_reused') },
      },
    },
    async (request, reply) =>
      answerOnce(deps, request, reply, async (tx) => {
        const { name, role } = request.body;
        const project = confineProject(principalOf(request), request.body.project) ?? null;
        const token = newToken();
        const id = deps.newId('tok');
        const { createdAt } = await insertToken(tx, { id, name, role, project, hash: hashToken(token) });
        return { status: 201, body: { id, name, role, project, token, created_at: createdAt.toISOString() } };
      }),
  );

  app.get(
    '/v1/tokens',
    {
      config: { access: 'admin' },
      schema: {
        tags: ['tokens'],
        summary: 'List tokens, revoked ones too; never the tokens themselves',
        querystring: TokenListQuery,
        response: { 200: TokenPage, ...problems() },
      },
    },
    async (request) => {
      const { cursor, limit = limits.defaultPageSize } = request.query;
      return listTokens(deps.database.client, { cursor, limit, project: principalOf(request).project ?? undefined });
    },
  );

  app.delete(
    '/v1/tokens/:id',
    {
      config: { access: 'admin' },
      schema: {
        tags: ['tokens'],
        summary: 'Revoke a token; its sessions end with it',
        params: IdParams,
        response: { 204: NoContent, ...problems('not_found', 'conflict') },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { project } = principalOf(request);
      if (id === operatorTokenId && project === null) {
        throw new PublicError(
          'conflict',
          "This is the operator's token: set LOSSWATCH_ADMIN_TOKEN to another one and start again.",
        );
      }
      if (!(await revokeToken(deps.database.client, id, project ?? undefined, deps.clock.now()))) {
        throw new PublicError('not_found', `There is no token ${id}.`, {
          errors: [{ path: 'param:id', message: 'no such token' }],
        });
      }
      app.forgetToken(id);
      return reply.code(204).send(null);
    },
  );
};
