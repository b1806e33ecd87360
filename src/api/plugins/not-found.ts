// Paths nobody serves: the dashboard for a browser, 405 where another method would do, a problem document otherwise.
import type { FastifyInstance, FastifyReply } from 'fastify';
import { PublicError } from '../../contracts/errors.ts';
import { sendProblem } from './errors.ts';

interface KnownRoute {
  pattern: RegExp;
  methods: Set<string>;
}

/** Register before the routes. `sendPage` answers a GET for a page of the dashboard; null where there is no dashboard. */
export function registerNotFound(app: FastifyInstance, sendPage: ((reply: FastifyReply) => FastifyReply) | null): void {
  const routes = new Map<string, KnownRoute>();
  app.addHook('onRoute', ({ url, method }) => {
    if (url.includes('*')) return;
    const known = routes.get(url) ?? {
      pattern: new RegExp(`^${url.replace(/[.]/g, '\\.').replace(/:[a-z_]+/g, '[^/]+')}$`),
      methods: new Set(),
    };
    for (const name of [method].flat()) known.methods.add(name);
    routes.set(url, known);
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const methods = [...routes.values()]
      .filter((route) => route.pattern.test(path))
      .flatMap((route) => [...route.methods]);
    if (methods.length > 0) {
      const allowed = [...new Set(methods)].sort().join(', ');
      reply.header('allow', allowed);
      return sendProblem(
        new PublicError('method_not_allowed', `${request.method} is not allowed here; ${allowed} is.`),
        request,
        reply,
      );
    }
    const isPage =
      request.method === 'GET' && !/^\/v1(\/|$)/.test(path) && (request.headers.accept ?? '').includes('text/html');
    if (sendPage !== null && isPage) return sendPage(reply);
    return sendProblem(
      new PublicError('not_found', `Nothing is served at ${request.method} ${path.slice(0, 200)}.`),
      request,
      reply,
    );
  });
}
