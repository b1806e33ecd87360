// A capture in a request: a safetensors file as a stream, or the same tensors as JSON.
import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { FreeObject } from '../contracts/common.ts';
import { captureFromJson } from './capture-from-json.ts';
import { tooLarge } from './plugins/errors.ts';
import { bodyOf, RawBody } from './schemas.ts';

const streamed = ['application/octet-stream', 'application/vnd.safetensors'];

export const captureTypes = [...streamed, 'application/json'];
export const captureBody = bodyOf({
  ...Object.fromEntries(streamed.map((type) => [type, RawBody('A safetensors file')])),
  'application/json': FreeObject,
});

/** Lets the routes of this plugin take captures. */
export function allowCaptures(app: FastifyInstance): void {
  app.addContentTypeParser(streamed, (_request, payload, done) => done(null, payload));
}

/**
 * The bytes of the file.
 * @throws PublicError `payload_too_large` when the request says that there are too many, `invalid_capture` for a wrong JSON body.
 */
export function captureSource(request: FastifyRequest, maxBytes: number): Readable | Uint8Array[] {
  if (!isStream(request.body)) return [captureFromJson(request.body)];
  if (Number(request.headers['content-length']) > maxBytes) throw tooLarge(maxBytes);
  return request.body;
}

function isStream(body: unknown): body is Readable {
  return typeof body === 'object' && body !== null && 'pipe' in body;
}
