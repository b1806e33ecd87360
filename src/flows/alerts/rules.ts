// What decides who is told, as the stages of domain/alerts see it.
import type { AlertRoute, Repeat } from '../../contracts/alerts.ts';
import { flapRules } from '../../domain/alerts/flapping.ts';
import { defaultRoute, routedEndpoints } from '../../domain/alerts/route.ts';
import type { AlertedIncident, RouteRules, SilenceRule, WindowRule } from '../../domain/alerts/types.ts';
import { isMuted } from '../../domain/incidents/transitions/draft.ts';
import type { IncidentRecord } from '../../domain/incidents/types.ts';
import { readActiveSilences, readRoutes, readWindows } from '../../platform/db/alert-rules.ts';
import { findInhibitors, readAlertedRuns, readStateChanges } from '../../platform/db/alerted-incidents.ts';
import type { Tx } from '../../platform/db/client.ts';
import { type EndpointRow, readEndpoints } from '../../platform/db/endpoints.ts';

export interface AlertRules {
  /** In their order; the default route is not among them. */
  routes: RouteRules[];
  /** The built-in route, with the endpoints that no other route names. */
  byDefault: RouteRules;
  silences: SilenceRule[];
  windows: WindowRule[];
  endpoints: Map<string, EndpointRow>;
}

export async function loadRules(tx: Tx, now: Date): Promise<AlertRules> {
  const routes = (await readRoutes(tx)).map(toRules);
  const endpoints = await readEndpoints(tx);
  const routed = routedEndpoints(routes);
  const rest = endpoints.map(({ id }) => id).filter((id) => !routed.has(id));
  const windows = await readWindows(tx, now);
  return {
    routes,
    byDefault: { ...defaultRoute, endpoints: rest },
    silences: await readActiveSilences(tx, now),
    windows: windows.map(
      ({ repeat, ...row }) => ({ ...row, repeat: repeat as Repeat | null }) as unknown as WindowRule,
    ),
    endpoints: new Map(endpoints.map((row) => [row.id, row])),
  };
}

function toRules(route: AlertRoute): RouteRules {
  const { escalate, repeat_interval_s: repeatS } = route;
  return {
    id: route.id,
    name: route.name,
    matchers: route.matchers,
    endpoints: route.endpoints,
    groupBy: route.group_by,
    groupWaitMs: route.group_wait_s * 1000,
    groupIntervalMs: route.group_interval_s * 1000,
    repeatIntervalMs: repeatS === null ? null : repeatS * 1000,
    continues: route.continue,
    digest: route.digest,
    quietHours: route.quiet_hours,
    escalate: escalate && { afterMs: escalate.after_s * 1000, endpoints: escalate.endpoints },
  };
}

/** The route of a group; null when it is gone. */
export function routeOf(rules: AlertRules, id: string): RouteRules | null {
  return id === defaultRoute.id ? rules.byDefault : (rules.routes.find((route) => route.id === id) ?? null);
}

/** An incident with what the rules need of it: nothing is read that no rule asks for. */
export async function loadAlerted(
  tx: Tx,
  record: IncidentRecord,
  rules: AlertRules,
  now: Date,
): Promise<AlertedIncident> {
  const hasMatchers = rules.routes.length + rules.silences.length + rules.windows.length > 0;
  const runs = hasMatchers ? await readAlertedRuns(tx, record.id) : { runs: [], frameworks: [], tags: {} };
  const mayBeInhibited = rules.routes.length > 0 && record.severity !== 'critical';
  const since = new Date(now.getTime() - flapRules.windowMs);
  return {
    ...runs,
    id: record.id,
    project: record.project,
    class: record.diagnosis.class,
    cause: record.diagnosis.causes[0]?.id ?? null,
    severity: record.severity,
    state: record.state,
    isMuted: isMuted(record, now),
    stateChanges: await readStateChanges(tx, record.id, since),
    inhibitors: mayBeInhibited ? await findInhibitors(tx, record.id, runs.runs) : [],
  };
}
