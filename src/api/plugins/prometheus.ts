// GET /metrics in Prometheus' text format: this process, its requests, and what waits and fails in the service.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { Type } from 'typebox';
import { PublicError } from '../../contracts/errors.ts';
import { countService } from '../../platform/db/service-counts.ts';
import type { ApiDeps } from '../deps.ts';
import { problems } from '../schemas.ts';

/** Register after authentication and before the routes: the hook sees those that come later. */
export function registerPrometheus(app: FastifyInstance, deps: ApiDeps): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 20 });
  const requests = new Histogram({
    name: 'losswatch_http_request_duration_seconds',
    help: 'Time from a request to the end of its answer',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
    registers: [registry],
  });
  const countAnew = createServiceGauges(registry, deps);

  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    // A stream lasts as long as its reader likes.
    if (route === '/v1/events') return;
    requests.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
  });

  app.get(
    '/metrics',
    {
      config: { access: 'public', rateLimit: false },
      schema: {
        tags: ['health'],
        summary: "Prometheus' text format; a token with the role read, or from this machine without a proxy",
        response: {
          200: { description: 'Metrics', content: { 'text/plain': { schema: Type.String() } } },
          ...problems(),
        },
      },
    },
    async (request, reply) => {
      if (!isLocal(request)) await requireReader(app, request);
      await countAnew();
      return reply.type(registry.contentType).send(await registry.metrics());
    },
  );
}

/** From this machine itself: a proxy on it, which would speak for strangers, says for whom. */
function isLocal(request: FastifyRequest): boolean {
  const { headers, socket } = request;
  const isForwarded =
    headers.forwarded !== undefined || headers['x-forwarded-for'] !== undefined || headers.via !== undefined;
  return !isForwarded && /^(?:::ffff:)?127\.|^::1$/.test(socket.remoteAddress ?? '');
}

async function requireReader(app: FastifyInstance, request: FastifyRequest): Promise<void> {
  const principal = await app.identify(request);
  if (!principal) throw app.refuseCaller(request);
  if (principal.role === 'ingest' || principal.project !== null) {
    throw new PublicError(
      'forbidden',
      'The metrics tell of every project: use a token of all projects with the role read.',
    );
  }
}

/** Answers what counts anew all that is told; what cannot be counted is left out rather than told wrong. */
function createServiceGauges(registry: Registry, deps: ApiDeps): () => Promise<void> {
  const gauge = (name: string, help: string, labelNames: string[]) =>
    new Gauge({ name: `losswatch_${name}`, help, labelNames, registers: [registry] });
  const runs = gauge('runs', 'Runs by status', ['status']);
  const incidents = gauge('incidents', 'Incidents by state and severity', ['state', 'severity']);
  const captures = gauge('captures', 'Captures by status', ['status']);
  const deliveries = gauge('deliveries', 'Deliveries of the last day by status', ['status']);
  const jobs = gauge('jobs', 'Jobs by name and state', ['job', 'state']);
  const up = gauge('store_up', '1 where the store answers', ['store']);
  const dfl = gauge('dfl_backend', '1 for what computes the DFL in this process', ['backend', 'device']);

  return async () => {
    const [counts, queue] = await Promise.all([
      countService(deps.database.client, deps.clock.now()).catch(() => null),
      deps.queueDepth().catch(() => null),
    ]);
    for (const each of [runs, incidents, captures, deliveries, jobs, up, dfl]) each.reset();
    up.set({ store: 'database' }, counts ? 1 : 0);
    up.set({ store: 'queue' }, queue ? 1 : 0);
    for (const { status, count } of counts?.runs ?? []) runs.set({ status }, count);
    for (const { state, severity, count } of counts?.incidents ?? []) incidents.set({ state, severity }, count);
    for (const { status, count } of counts?.captures ?? []) captures.set({ status }, count);
    for (const { status, count } of counts?.deliveries ?? []) deliveries.set({ status }, count);
    for (const [job, states] of Object.entries(queue ?? {})) {
      for (const [state, count] of Object.entries(states)) jobs.set({ job, state }, count);
    }
    const choice = deps.dflChoice();
    if (choice) dfl.set({ backend: choice.chosen, device: choice.device }, 1);
  };
}
