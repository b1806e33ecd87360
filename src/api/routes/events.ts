// Server-sent events (HTML Living Standard, section 9.2): what changes, as it is committed. `id:` is the cursor of `Last-Event-ID`.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { PublicError } from '../../contracts/errors.ts';
import { type LiveEvent, LiveEventHeaders, LiveEventQuery, liveEventData } from '../../contracts/live-events.ts';
import type { ApiDeps } from '../deps.ts';
import { confineProject, principalOf } from '../plugins/auth.ts';
import { problems } from '../schemas.ts';

const heartbeatMs = 15_000;
/** Streams of this process at a time. */
const maxStreams = 500;
/** A reader that is this far behind is cut off; it comes back with Last-Event-ID. */
const maxUnsentBytes = 2 ** 20;
const retryMs = 2_000;

export const eventRoutes: FastifyPluginAsyncTypebox<ApiDeps> = async (app, deps) => {
  let streams = 0;

  app.get(
    '/v1/events',
    {
      config: { access: 'read' },
      schema: {
        tags: ['events'],
        summary: 'Changes of incidents, runs and captures as server-sent events',
        description: `\`event: reset\` says that events were missed for good: read again what matters. Data by event:\n\n${describeData()}`,
        querystring: LiveEventQuery,
        headers: LiveEventHeaders,
        response: {
          200: { description: 'Events', content: { 'text/event-stream': { schema: Type.String() } } },
          ...problems(),
        },
      },
    },
    async (request, reply) => {
      const project = confineProject(principalOf(request), request.query.project) ?? null;
      if (streams >= maxStreams) {
        throw new PublicError('overloaded', `At most ${maxStreams} event streams are served; close one.`, {
          retryAfterSeconds: 30,
        });
      }
      const last = request.headers['last-event-id'];
      streams += 1;
      reply.raw.once('close', () => {
        streams -= 1;
      });
      await stream(request, reply, project, last === undefined ? null : BigInt(last));
    },
  );

  async function stream(
    request: FastifyRequest,
    reply: FastifyReply,
    project: string | null,
    after: bigint | null,
  ): Promise<void> {
    reply.header('content-type', 'text/event-stream').header('cache-control', 'no-store');
    reply.header('x-accel-buffering', 'no');
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, reply.getHeaders() as Record<string, string>);
    raw.write(`retry: ${retryMs}\n: connected\n\n`);
    const send = (text: string) => {
      if (raw.writableLength > maxUnsentBytes) raw.destroy();
      else raw.write(text);
    };
    const heartbeat = setInterval(() => {
      send(': heartbeat\n\n');
      // A token that was revoked or a session that ended hears no more.
      app.identify(request).then(
        (principal) => {
          if (principal === null) raw.end();
        },
        () => {},
      );
    }, heartbeatMs);
    let stop = (): void => {};
    raw.once('close', () => {
      clearInterval(heartbeat);
      stop();
    });
    try {
      stop = await deps.liveFeed.listen({
        project,
        after,
        onEvent: (event) => send(toText(event)),
        onGap: () => send('event: reset\ndata: {}\n\n'),
      });
      if (raw.destroyed) stop();
    } catch (error) {
      request.log.warn({ err: error }, 'the event stream could not begin; the reader comes again');
      raw.end();
    }
  }
};

function toText({ id, kind, data }: LiveEvent): string {
  return `id: ${id}\nevent: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;
}

function describeData(): string {
  return Object.entries(liveEventData)
    .map(([kind, schema]) => `- \`${kind}\`: ${Object.keys(schema.properties).join(', ')}`)
    .join('\n');
}
