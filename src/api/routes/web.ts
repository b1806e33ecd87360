// The built dashboard. Assets carry a hash in their names and may be kept; index.html may not: each answer has a nonce of its own.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** Stands in web/index.html where the nonce goes. */
const noncePlace = '__STYLE_NONCE__';

export type SendPage = (reply: FastifyReply) => FastifyReply;

/** Answers index.html, whose styles made by script the content policy of this answer allows (docs/decisions/0011). */
export function pageSender(root: string): SendPage {
  const page = readFileSync(join(root, 'index.html'), 'utf8');
  return (reply) => {
    const nonce = randomBytes(16).toString('base64');
    const policy = String(reply.getHeader('content-security-policy'));
    return reply
      .header('content-security-policy', policy.replace("style-src 'self'", `style-src 'self' 'nonce-${nonce}'`))
      .header('cache-control', 'no-cache')
      .type('text/html; charset=utf-8')
      .send(page.replace(noncePlace, nonce));
  };
}

/** Files that the build compressed (scripts/build.mjs) are sent compressed to whoever takes them so. */
export async function registerWeb(app: FastifyInstance, root: string, sendPage: SendPage): Promise<void> {
  app.get('/', { schema: { hide: true } }, (_request, reply) => sendPage(reply));
  await app.register(fastifyStatic, {
    root,
    wildcard: false,
    index: false,
    globIgnore: ['index.html', '**/*.{br,gz}'],
    preCompressed: true,
    cacheControl: false,
    setHeaders(reply, path) {
      const kept = path.includes('/assets/') || path.includes('\\assets\\');
      reply.header('cache-control', kept ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}
