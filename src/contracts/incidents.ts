import { type Static, Type } from 'typebox';
import {
  FreeObject,
  Nullable,
  Page,
  PageQuery,
  ProjectId,
  RequestTime,
  RunId,
  SeveritySchema,
  StringEnum,
  Timestamp,
} from './common.ts';
import { AlternativeAnswer, CauseAnswer, ExceptionAnswer, FiredRuleAnswer, RemediationAnswer } from './diagnosis.ts';
import { limits } from './limits.ts';

export const incidentStates = ['open', 'acknowledged', 'resolved'] as const;
export type IncidentState = (typeof incidentStates)[number];

/** Why an incident changed; closed list, stored with every timeline entry. */
export const timelineKinds = [
  'opened',
  'occurred',
  'regressed',
  'refined',
  'severity-raised',
  'severity-set',
  'acknowledged',
  'reopened',
  'resolved',
  'assigned',
  'muted',
  'run-joined',
  'run-left',
  'merged',
  'commented',
] as const;
export type TimelineKind = (typeof timelineKinds)[number];

const incidentFields = {
  id: Type.String(),
  state: StringEnum(incidentStates),
  regressed: Type.Boolean(),
  severity: SeveritySchema,
  class: Type.String(),
  confidence: Type.Number(),
  title: Type.String(),
  cause: Nullable(Type.Object({ id: Type.String(), confidence: Type.Number(), title: Type.String() })),
  runs: Type.Array(RunId),
  project: ProjectId,
  first_seen_at: Timestamp,
  last_seen_at: Timestamp,
  first_step: Nullable(Type.Integer()),
  last_step: Nullable(Type.Integer()),
  occurrences: Type.Integer(),
  fingerprint: Type.String(),
  assignee: Nullable(Type.String()),
  muted_until: Nullable(Timestamp),
};

export const IncidentSummary = Type.Object(incidentFields);
export type IncidentSummary = Static<typeof IncidentSummary>;

export const EvidenceItem = Type.Object({
  kind: Type.String({ description: 'capture, metric, trace, environment or config' }),
  text: Type.String(),
  data: FreeObject,
  ref: Nullable(Type.String({ description: 'Id of the capture or trace, or name of the metric' })),
});

export const Incident = Type.Object({
  ...incidentFields,
  summary: Type.String(),
  causes: Type.Array(CauseAnswer),
  remediations: Type.Array(RemediationAnswer),
  alternatives: Type.Array(AlternativeAnswer),
  rules: Type.Array(FiredRuleAnswer),
  exception: Nullable(ExceptionAnswer),
  matched: Type.Array(Type.Object({ line: Type.Integer(), text: Type.String() })),
  grouped_by: Type.String(),
  evidence: Type.Array(EvidenceItem),
  timeline: Type.Array(
    Type.Object({ at: Timestamp, kind: StringEnum(timelineKinds), actor: Type.String(), text: Type.String() }),
  ),
});
export type Incident = Static<typeof Incident>;

export const incidentSorts = [
  '-last_seen_at',
  'last_seen_at',
  '-first_seen_at',
  'first_seen_at',
  '-severity',
  '-occurrences',
] as const;

export const IncidentListQuery = Type.Object({
  ...PageQuery,
  state: Type.Optional(StringEnum(incidentStates)),
  class: Type.Optional(Type.String({ maxLength: 100 })),
  severity: Type.Optional(SeveritySchema),
  project: Type.Optional(ProjectId),
  run: Type.Optional(RunId),
  q: Type.Optional(Type.String({ maxLength: limits.nameLength })),
  sort: Type.Optional(StringEnum(incidentSorts, { default: '-last_seen_at' })),
});
export const IncidentPage = Page(IncidentSummary);

export const IncidentPatch = Type.Object({
  state: Type.Optional(StringEnum(incidentStates)),
  assignee: Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: limits.nameLength }))),
  severity: Type.Optional(SeveritySchema),
  muted_until: Type.Optional(Nullable(RequestTime)),
});
export type IncidentPatch = Static<typeof IncidentPatch>;

export const CommentCreate = Type.Object({ text: Type.String({ minLength: 1, maxLength: 10_000 }) });
