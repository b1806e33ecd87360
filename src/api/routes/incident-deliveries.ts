// What was told of an incident, to whom, and why or why not.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { AlertStage } from '../../contracts/alerts.ts';
import { IncidentDeliveries } from '../../contracts/alerts.ts';
import type { Locale } from '../../contracts/common.ts';
import { PublicError } from '../../contracts/errors.ts';
import type { WebhookEvent } from '../../contracts/webhooks.ts';
import { explainDecision } from '../../domain/alerts/explain.ts';
import type { Decision, DecisionData } from '../../domain/alerts/types.ts';
import { type DecisionRow, readDecisions } from '../../platform/db/alert-groups.ts';
import { listDeliveriesOfIncident } from '../../platform/db/deliveries.ts';
import { resolveStanding } from '../../platform/db/incident-merges.ts';
import { findIncident } from '../../platform/db/incidents.ts';
import type { ApiDeps } from '../deps.ts';
import { parseLocale } from '../locale.ts';
import { principalOf } from '../plugins/auth.ts';
import { mayShare } from '../runs-of-caller.ts';
import { IdParams, LanguageHeaders, problems } from '../schemas.ts';

const limit = 200;

export const incidentDeliveryRoutes: FastifyPluginAsyncTypebox<ApiDeps> = async (app, deps) => {
  app.get(
    '/v1/incidents/:id/deliveries',
    {
      config: { access: 'read' },
      schema: {
        tags: ['incidents'],
        summary: `The latest ${limit} deliveries and decisions of an incident; answers of receivers are for admins only`,
        headers: LanguageHeaders,
        params: IdParams,
        response: { 200: IncidentDeliveries, ...problems('not_found') },
      },
    },
    async (request) => {
      const { client } = deps.database;
      const { id } = request.params;
      const principal = principalOf(request);
      const standing = (await resolveStanding(client, id)) ?? id;
      const incident = await findIncident(client, standing);
      if (!incident || !mayShare(principal, incident.project)) {
        throw new PublicError('not_found', `There is no incident ${id}.`, {
          errors: [{ path: 'param:id', message: 'no such incident' }],
        });
      }
      const locale = parseLocale(request.headers['accept-language']);
      const deliveries = await listDeliveriesOfIncident(client, standing, limit);
      const isAdmin = principal.role === 'admin';
      return {
        items: deliveries.map((delivery) => (isAdmin ? delivery : withoutAnswers(delivery))),
        decisions: (await readDecisions(client, standing, limit)).map((row) => present(row, locale)),
      };
    },
  );
};

type Item = Awaited<ReturnType<typeof listDeliveriesOfIncident>>[number];

/** What a receiver answers may come from inside the operator's network. */
function withoutAnswers(delivery: Item): Item {
  return { ...delivery, attempts: delivery.attempts.map((attempt) => ({ ...attempt, answer: null })) };
}

function present(row: DecisionRow, locale: Locale) {
  return {
    at: row.at.toISOString(),
    event: row.event as WebhookEvent,
    stage: row.stage as AlertStage,
    decision: row.decision as Decision['decision'],
    code: row.code,
    reason: explainDecision(row.stage, row.code, row.data as DecisionData, locale),
    endpoint_id: row.endpointId,
    route_id: row.routeId,
  };
}
