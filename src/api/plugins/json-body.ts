// How bodies are read. JSON is the default; text and streams are allowed only where a route's plugin asks for them.
import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { PublicError } from '../../contracts/errors.ts';
import { limits } from '../../contracts/limits.ts';
import { parseJson } from '../json/parse-json.ts';

/** Register on the root, before the routes. */
export function registerJsonBody(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.decorateRequest('bodySha256', '');
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    hashBody(request, body);
    const { config, schema } = request.routeOptions;
    if (body.length === 0 && (config.emptyBody === true || schema?.body === undefined)) return undefined;
    return parseJson(body, { maxDepth: limits.jsonDepth, itemsAreJudgedByRoute: config.judgesItems === true });
  });
  app.addHook('onRequest', async (request) => {
    const encoding = request.headers['content-encoding'];
    if (encoding === undefined || encoding.toLowerCase() === 'identity') return;
    const message = 'must be left out or identity: compressed bodies are not accepted';
    throw new PublicError('unsupported_media_type', `Content-Encoding ${message}.`, {
      errors: [{ path: 'header:Content-Encoding', message }],
    });
  });
}

/** Lets the routes of this plugin take bodies of `contentType` as bytes. */
export function allowRawBody(app: FastifyInstance, contentType: string): void {
  app.addContentTypeParser(contentType, { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    hashBody(request, body);
    return body;
  });
}

/** What an idempotency key stands for: content type and bytes. Only computed when there is a key. */
function hashBody(request: FastifyRequest, body: Buffer): void {
  if (request.headers['idempotency-key'] === undefined) return;
  request.bodySha256 = createHash('sha256')
    .update(`${request.headers['content-type'] ?? ''}\n`)
    .update(body)
    .digest('hex');
}
