// The one place where a failure becomes an answer: application/problem+json (RFC 9457), always.
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Problem } from '../../contracts/common.ts';
import { PublicError, publicErrors } from '../../contracts/errors.ts';
import { isDatabaseUnavailable } from '../../platform/db/client.ts';

export function registerErrors(app: FastifyInstance): void {
  app.setErrorHandler(answerError);
}

export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendProblem(toPublicError(error as FastifyError, request), request, reply);
}

/** Sends the problem document. The connection stays open: a client that is still sending must be able to read the answer. */
export function sendProblem(error: PublicError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error.retryAfterSeconds !== undefined) reply.header('retry-after', error.retryAfterSeconds);
  if (error.code === 'unauthenticated') reply.header('www-authenticate', 'Bearer');
  if (error.status >= 500) request.log.error({ err: error.cause ?? error }, error.message);
  reply.removeHeader('connection');
  return reply.code(error.status).type('application/problem+json').serializer(JSON.stringify).send(toProblem(error));
}

function toProblem(error: PublicError): Problem {
  return {
    type: `urn:losswatch:problem:${error.code}`,
    title: publicErrors[error.code].title,
    status: error.status,
    detail: error.message,
    code: error.code,
    ...(error.errors === undefined ? {} : { errors: error.errors }),
  };
}

function toPublicError(error: FastifyError, request: FastifyRequest): PublicError {
  if (error instanceof PublicError) return error;
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return tooLarge(request.routeOptions.bodyLimit);
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return wrongMediaType(request);
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return bodyProblem('is not as long as Content-Length says');
  }
  if (isDatabaseUnavailable(error)) {
    return new PublicError('overloaded', 'The database does not answer; send the request again later.', {
      retryAfterSeconds: 5,
      cause: error,
    });
  }
  if ((error as NodeJS.ErrnoException).code === 'ENOSPC') {
    const detail = 'The disk is full; nothing was stored. Send the request again when there is room.';
    return new PublicError('overloaded', detail, { retryAfterSeconds: 60, cause: error });
  }
  if (error.code === 'ECONNRESET' || error.code === 'ERR_STREAM_PREMATURE_CLOSE')
    return bodyProblem('ended before it was complete');
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return new PublicError('invalid_request', error.message, { cause: error });
  }
  return new PublicError('internal', `Something went wrong here; it is in the log under request ${request.id}.`, {
    cause: error,
  });
}

export function tooLarge(limitBytes: number): PublicError {
  const message = `must not be longer than ${limitBytes} bytes`;
  return new PublicError('payload_too_large', `The body ${message}; send it in smaller parts.`, {
    errors: [{ path: 'body', message }],
  });
}

export function bodyProblem(message: string): PublicError {
  return new PublicError('invalid_request', `The body ${message}.`, { errors: [{ path: 'body', message }] });
}

function wrongMediaType(request: FastifyRequest): PublicError {
  const given = request.headers['content-type'];
  const accepted = request.routeOptions.config.accepts ?? ['application/json'];
  const message = `must be ${accepted.join(' or ')}${given === undefined ? '; it is missing' : ''}`;
  return new PublicError('unsupported_media_type', `The Content-Type ${message}.`, {
    errors: [{ path: 'header:Content-Type', message }],
  });
}
