// API tokens. Only a hash is stored; the token is shown once.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { TokenCreate, TokenCreated } from '../../contracts/tokens.ts';
import { insertToken } from '../../platform/db/tokens.ts';
import { hashToken, newToken } from '../../platform/ids.ts';
import type { ApiDeps } from '../deps.ts';
import { answerOnce } from '../idempotent.ts';
import { confineProject, principalOf } from '../plugins/auth.ts';
import { IdempotencyHeaders, problems } from '../schemas.ts';

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
};
