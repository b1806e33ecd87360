// Where an incident would go: to try routes before something breaks.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { RoutePreviewAnswer, RoutePreviewRequest } from '../../contracts/alerts.ts';
import type { Locale } from '../../contracts/common.ts';
import type { WebhookFormat } from '../../contracts/webhooks.ts';
import { explainDecision } from '../../domain/alerts/explain.ts';
import { type PreviewReason, previewRoutes } from '../../domain/alerts/preview.ts';
import type { AlertedIncident } from '../../domain/alerts/types.ts';
import { type AlertRules, loadAlerted, loadRules } from '../../flows/alerts/rules.ts';
import { toListener } from '../../flows/alerts/send-tells.ts';
import { toRecord } from '../../flows/incident-records.ts';
import type { Tx } from '../../platform/db/client.ts';
import { resolveStanding } from '../../platform/db/incident-merges.ts';
import { findIncident } from '../../platform/db/incidents.ts';
import { missing, refuseProjectToken } from '../check-alert-rules.ts';
import type { ApiDeps } from '../deps.ts';
import { parseLocale } from '../locale.ts';
import { principalOf } from '../plugins/auth.ts';
import { LanguageHeaders, problems } from '../schemas.ts';

export const alertRoutePreviewRoutes: FastifyPluginAsyncTypebox<ApiDeps> = async (app, deps) => {
  app.post(
    '/v1/routes/preview',
    {
      config: { access: 'read' },
      schema: {
        tags: ['alerts'],
        summary:
          'Show which routes and endpoints an incident would take, one that is there or a made-up one; nothing is sent. Silences and maintenance windows are left out',
        headers: LanguageHeaders,
        body: RoutePreviewRequest,
        response: { 200: RoutePreviewAnswer, ...problems('malformed_json', 'not_found', 'payload_too_large') },
      },
    },
    async (request) => {
      refuseProjectToken(principalOf(request));
      const locale = parseLocale(request.headers['accept-language']);
      const { client } = deps.database;
      const now = deps.clock.now();
      const rules = await loadRules(client, now);
      const incident = await subjectOf(client, request.body, rules, now);
      const { routes, endpoints } = previewRoutes(
        { ...rules, listenerOf: (id) => toListener(rules.endpoints.get(id)) },
        incident,
        request.body.event ?? 'incident.opened',
      );
      return {
        routes: routes.map(({ reason, ...route }) => ({ ...route, ...tell(reason, locale) })),
        // A route may name an endpoint that is gone.
        endpoints: endpoints.flatMap(({ id, routeId, told, reason }) => {
          const format = rules.endpoints.get(id)?.format as WebhookFormat | undefined;
          return format === undefined ? [] : [{ id, format, route_id: routeId, told, ...tell(reason, locale) }];
        }),
      };
    },
  );
};

/** @throws PublicError `not_found` for an incident that is not there */
async function subjectOf(
  client: Tx,
  given: RoutePreviewRequest,
  rules: AlertRules,
  now: Date,
): Promise<AlertedIncident> {
  const { incident_id: id } = given;
  if (id === undefined) return madeUp(given, now);
  const row = await findIncident(client, (await resolveStanding(client, id)) ?? id);
  if (!row) throw missing('incident', id);
  return loadAlerted(client, toRecord(row), rules, now);
}

function madeUp(given: RoutePreviewRequest, now: Date): AlertedIncident {
  const one = (value: string | undefined) => (value === undefined ? [] : [value]);
  return {
    id: 'made-up',
    project: given.project ?? 'default',
    class: given.class ?? '',
    cause: given.cause ?? null,
    severity: given.severity ?? 'critical',
    state: 'open',
    isMuted: false,
    runs: one(given.run),
    frameworks: one(given.framework),
    tags: Object.fromEntries(Object.entries(given.tags ?? {}).map(([key, value]) => [key, [value]])),
    stateChanges: [now],
    inhibitors: [],
  };
}

function tell({ stage, code, data }: PreviewReason, locale: Locale) {
  return { code, reason: explainDecision(stage, code, data, locale) };
}
