import type { AlertStage, alertDecisions, Digest, Matcher, QuietHours, Repeat } from '../../contracts/alerts.ts';
import type { Severity } from '../../contracts/common.ts';
import type { IncidentState } from '../../contracts/incidents.ts';
import type { WebhookEvent } from '../../contracts/webhooks.ts';
import type { NoticeReason } from '../channels/channel.ts';

/** A route as the stages see it. */
export interface RouteRules {
  id: string;
  name: string;
  matchers: Matcher[];
  endpoints: string[];
  groupBy: string[];
  groupWaitMs: number;
  groupIntervalMs: number;
  /** Null: never. */
  repeatIntervalMs: number | null;
  continues: boolean;
  digest: Digest | null;
  quietHours: QuietHours | null;
  escalate: { afterMs: number; endpoints: string[] } | null;
}

export interface SilenceRule {
  id: string;
  matchers: Matcher[];
  author: string;
  reason: string;
  startsAt: Date;
  endsAt: Date;
}

export interface WindowRule {
  id: string;
  name: string;
  matchers: Matcher[];
  startsAt: Date;
  endsAt: Date;
  repeat: Repeat | null;
}

/** An incident as it is now, as far as it decides who is told. */
export interface AlertedIncident {
  id: string;
  project: string;
  class: string;
  cause: string | null;
  severity: Severity;
  state: IncidentState;
  isMuted: boolean;
  /** In order of joining. */
  runs: string[];
  frameworks: string[];
  /** Values by key, over all runs. */
  tags: Record<string, string[]>;
  /** When it was opened, resolved, or came back, of late; oldest first. */
  stateChanges: Date[];
  /** Unresolved critical incidents with a run in common. */
  inhibitors: string[];
}

export interface PendingEvent {
  event: WebhookEvent;
  at: Date;
}

/** What one route has told of one incident, and what it has yet to tell. */
export interface Member {
  /** Oldest first. */
  pending: PendingEvent[];
  /** State that was told last; null when nothing was. */
  toldState: IncidentState | null;
  toldSeverity: Severity | null;
  toldAt: Date | null;
  /** When it was told that the incident is open, since it last was not. */
  openToldAt: Date | null;
  escalatedAt: Date | null;
  /** Why it holds what it has to tell: `stage/code`. */
  heldBy: string | null;
}

export const newMember: Member = {
  pending: [],
  toldState: null,
  toldSeverity: null,
  toldAt: null,
  openToldAt: null,
  escalatedAt: null,
  heldBy: null,
};

/** What a decision is about, for its sentence (explain.ts). */
export type DecisionData = Record<string, string | number | null>;

/** A decision of a stage with its reason. */
export interface Decision {
  stage: AlertStage;
  decision: (typeof alertDecisions)[number];
  /** Why; explain.ts has its sentence. */
  code: string;
  data: DecisionData;
  event: WebhookEvent;
}

/** What a stage says of an event that is to be told. `until` null: whenever it is looked at again. */
export type Ruling =
  | { kind: 'pass' }
  | { kind: 'hold'; code: string; data: DecisionData; until: Date | null }
  | { kind: 'drop'; code: string; data: DecisionData }
  | { kind: 'tell'; event: WebhookEvent };

/** Everything that the stages look at. */
export interface Weighing {
  route: RouteRules;
  member: Member;
  incident: AlertedIncident;
  silences: readonly SilenceRule[];
  windows: readonly WindowRule[];
  now: Date;
}

/** One thing to tell the endpoints of a route. */
export interface Tell {
  event: WebhookEvent;
  /** When it happened. */
  at: Date;
  /** Events that happened, too: told to endpoints that do not listen to the first. */
  also: WebhookEvent[];
  reason?: NoticeReason;
  endpoints: string[];
}
