// What the stages of alerting look at, with every field open to a test.
import { defaultRoute } from '../../src/domain/alerts/route.ts';
import { type AlertedIncident, newMember, type RouteRules, type Weighing } from '../../src/domain/alerts/types.ts';

export const start = new Date('2026-11-23T12:00:00Z');
export const later = (minutes: number) => new Date(start.getTime() + minutes * 60_000);

export function makeAlerted(overrides: Partial<AlertedIncident> = {}): AlertedIncident {
  return {
    id: 'inc_1',
    project: 'vision',
    class: 'loss-nan',
    cause: 'learning-rate-too-high',
    severity: 'warning',
    state: 'open',
    isMuted: false,
    runs: ['run-1', 'run-2'],
    frameworks: ['torch'],
    tags: { team: ['detection'], node: ['a', 'b'] },
    stateChanges: [start],
    inhibitors: [],
    ...overrides,
  };
}

export function makeRoute(overrides: Partial<RouteRules> = {}): RouteRules {
  return {
    ...defaultRoute,
    id: 'rte_1',
    name: 'ops',
    endpoints: ['ep_1'],
    groupBy: ['class'],
    groupWaitMs: 30_000,
    groupIntervalMs: 300_000,
    repeatIntervalMs: 4 * 3_600_000,
    ...overrides,
  };
}

export interface WeighingOverrides {
  route?: Partial<RouteRules>;
  member?: Partial<Weighing['member']>;
  incident?: Partial<AlertedIncident>;
  silences?: Weighing['silences'];
  windows?: Weighing['windows'];
  now?: Date;
}

/** A warning that was opened at `start` and has not been told. */
export function makeWeighing({ route, member, incident, ...rest }: WeighingOverrides = {}): Weighing {
  return {
    silences: [],
    windows: [],
    now: start,
    ...rest,
    route: makeRoute(route),
    incident: makeAlerted(incident),
    member: { ...newMember, pending: [{ event: 'incident.opened', at: start }], ...member },
  };
}
