// The HTTP API: plugins first, then one plugin per resource, all named here.
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify';
import './fastify-types.ts';
import { limits } from '../contracts/limits.ts';
import type { ApiDeps } from './deps.ts';
import { registerAuth } from './plugins/auth.ts';
import { answerError, registerErrors } from './plugins/errors.ts';
import { registerJsonBody } from './plugins/json-body.ts';
import { registerNotFound } from './plugins/not-found.ts';
import { registerPrometheus } from './plugins/prometheus.ts';
import { registerProtection } from './plugins/protection.ts';
import { compileValidator } from './plugins/validation.ts';
import { alertRoutePreviewRoutes } from './routes/alert-route-preview.ts';
import { alertRouteRoutes } from './routes/alert-routes.ts';
import { captureRoutes } from './routes/captures.ts';
import { catalogRoutes } from './routes/catalog.ts';
import { channelRoutes } from './routes/channels.ts';
import { deliveryRoutes } from './routes/deliveries.ts';
import { detectorRoutes } from './routes/detectors.ts';
import { diagnoseRoutes } from './routes/diagnose.ts';
import { diagnoseCaptureRoutes } from './routes/diagnose-capture.ts';
import { eventRoutes } from './routes/events.ts';
import { findingRoutes } from './routes/findings.ts';
import { healthRoutes } from './routes/health.ts';
import { incidentBundleRoutes } from './routes/incident-bundle.ts';
import { incidentContextRoutes } from './routes/incident-context.ts';
import { incidentDeliveryRoutes } from './routes/incident-deliveries.ts';
import { incidentExportRoutes } from './routes/incident-export.ts';
import { incidentGroupRoutes } from './routes/incident-groups.ts';
import { incidentRoutes } from './routes/incidents.ts';
import { logRoutes } from './routes/logs.ts';
import { maintenanceWindowRoutes } from './routes/maintenance-windows.ts';
import { metricRoutes } from './routes/metrics.ts';
import { registerOpenapi } from './routes/openapi.ts';
import { overviewRoutes } from './routes/overview.ts';
import { projectRoutes } from './routes/projects.ts';
import { runRoutes } from './routes/runs.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { silenceRoutes } from './routes/silences.ts';
import { systemRoutes } from './routes/system.ts';
import { tokenRoutes } from './routes/tokens.ts';
import { traceRoutes } from './routes/traces.ts';
import { pageSender, registerWeb } from './routes/web.ts';
import { webhookRoutes } from './routes/webhooks.ts';

const requestTimeoutMs = 120_000;
const idleTimeoutMs = 60_000;
const keepAliveMs = 65_000;

const routes = [
  runRoutes,
  metricRoutes,
  logRoutes,
  traceRoutes,
  captureRoutes,
  detectorRoutes,
  findingRoutes,
  diagnoseRoutes,
  diagnoseCaptureRoutes,
  incidentRoutes,
  incidentGroupRoutes,
  channelRoutes,
  incidentContextRoutes,
  incidentExportRoutes,
  incidentBundleRoutes,
  webhookRoutes,
  deliveryRoutes,
  incidentDeliveryRoutes,
  alertRouteRoutes,
  alertRoutePreviewRoutes,
  silenceRoutes,
  maintenanceWindowRoutes,
  projectRoutes,
  tokenRoutes,
  sessionRoutes,
  eventRoutes,
  overviewRoutes,
  catalogRoutes,
  healthRoutes,
  systemRoutes,
];

/** Builds the API; the caller listens and closes. */
export async function buildApi(deps: ApiDeps): Promise<FastifyInstance> {
  const app: FastifyInstance = fastify({
    loggerInstance: deps.logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    frameworkErrors: answerError,
    genReqId: () => deps.newId('req'),
    bodyLimit: limits.jsonBodyBytes,
    requestTimeout: requestTimeoutMs,
    connectionTimeout: idleTimeoutMs,
    keepAliveTimeout: keepAliveMs,
    forceCloseConnections: true,
    trustProxy: deps.settings.trustProxy ?? false,
    routerOptions: { maxParamLength: 200 },
  });
  app.setValidatorCompiler(compileValidator);
  app.setSerializerCompiler(() => JSON.stringify);
  registerLogging(app);
  registerErrors(app);
  const sendPage = deps.webRoot === null ? null : pageSender(deps.webRoot);
  registerNotFound(app, sendPage);
  registerJsonBody(app);
  await registerAuth(app, deps);
  await registerProtection(app, deps.settings.rateLimit);
  await registerOpenapi(app);
  registerPrometheus(app, deps);
  for (const plugin of routes) await app.register(plugin, deps);
  if (deps.webRoot !== null && sendPage !== null) await registerWeb(app, deps.webRoot, sendPage);
  return app;
}

/** One line per answer: no headers, no bodies, no query. */
function registerLogging(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    const line = {
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime),
      tokenId: request.principal?.tokenId,
    };
    if (reply.statusCode >= 500) request.log.error(line, 'answered');
    else if (reply.statusCode >= 400) request.log.info(line, 'answered');
    else request.log.debug(line, 'answered');
  });
}
