import { type Static, Type } from 'typebox';
import {
  FreeObject,
  Ids,
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

/** What changed; closed list, stored with every timeline entry. */
export const timelineKinds = [
  'opened',
  'occurred',
  'regressed',
  'refined',
  'severity-raised',
  'severity-set',
  'acknowledged',
  'acknowledgement-cleared',
  'reopened',
  'resolved',
  'assigned',
  'muted',
  'unmuted',
  'run-joined',
  'run-left',
  'merged',
  'merged-away',
  'unmerged',
  'split-off',
  'commented',
  'feedback',
] as const;
export type TimelineKind = (typeof timelineKinds)[number];

/** Why it changed; closed list, stored with every timeline entry. */
export const changeReasons = [
  /** Nothing of the kind was known. */
  'first-seen',
  /** The run's evidence now tells another cause than that of the incident it was in. */
  'told-apart',
  'same-fingerprint',
  /** Evidence that arrived after the resolution. */
  'seen-again',
  /** Seen again by a run that has the same commit, dataset, framework and config as before the resolution. */
  'unchanged-code',
  /** Evidence that had arrived before the resolution. */
  'late-evidence',
  'new-evidence',
  'worse-evidence',
  'other-class',
  'by-hand',
  /** The run went on for as many steps as the class asks for. */
  'recovered',
  'finished',
  /** A silent run was heard of again. */
  'heard-again',
  'time-passed',
  'came-back',
  'more-per-hour',
  'more-per-step',
  'new-run',
  'ownership-rule',
] as const;
export type ChangeReason = (typeof changeReasons)[number];

export const muteKinds = ['until', 'until-worse', 'until-new-run'] as const;
export const MuteAnswer = Type.Object({
  kind: StringEnum(muteKinds),
  until: Nullable(Timestamp),
  by: Type.String(),
  at: Timestamp,
  limits: Nullable(
    Type.Object({
      per_hour: Type.Integer({ description: 'More occurrences in an hour end the mute' }),
      per_1000_steps: Nullable(Type.Integer({ description: 'More occurrences in 1,000 steps of a run end the mute' })),
    }),
  ),
});

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
  mute: Nullable(MuteAnswer),
  resolved_by: Nullable(Type.String({ description: 'A person, or losswatch when the run recovered' })),
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
  merged_from: Type.Array(
    Type.String({ description: 'Incidents that were merged into this one and can be taken out' }),
  ),
  evidence: Type.Array(EvidenceItem),
  timeline: Type.Array(
    Type.Object({
      at: Timestamp,
      kind: StringEnum(timelineKinds),
      reason: Type.String({ description: 'Why, one of a closed list (src/contracts/incidents.ts)' }),
      actor: Type.String(),
      text: Type.String(),
    }),
  ),
});
export type Incident = Static<typeof Incident>;

export const incidentSorts = [
  '-last_seen_at',
  'last_seen_at',
  '-first_seen_at',
  'first_seen_at',
  '-severity',
  'severity',
  '-occurrences',
  'occurrences',
] as const;

const yesOrNo = ['true', 'false'] as const;

const incidentFilterFields = {
  state: Type.Optional(
    Type.String({
      pattern: `^(?:${incidentStates.join('|')})(?:,(?:${incidentStates.join('|')}))*$`,
      maxLength: 100,
      description: 'open, acknowledged or resolved; several separated by commas',
    }),
  ),
  ids: Type.Optional(Ids),
  class: Type.Optional(Type.String({ maxLength: 100 })),
  cause: Type.Optional(Type.String({ maxLength: 100 })),
  severity: Type.Optional(SeveritySchema),
  project: Type.Optional(ProjectId),
  run: Type.Optional(RunId),
  assignee: Type.Optional(Type.String({ maxLength: limits.nameLength, description: 'Empty: assigned to nobody' })),
  tag: Type.Optional(
    Type.String({
      pattern: '^[^=]{1,100}=',
      maxLength: limits.nameLength,
      description: '"key=value" of the tags of one of its runs',
    }),
  ),
  regressed: Type.Optional(StringEnum(yesOrNo)),
  muted: Type.Optional(StringEnum(yesOrNo)),
  since: Type.Optional(Type.String({ maxLength: 40, description: 'Last seen at this time or later' })),
  until: Type.Optional(Type.String({ maxLength: 40, description: 'Last seen at this time or earlier' })),
  q: Type.Optional(
    Type.String({
      maxLength: limits.nameLength,
      description:
        'Words of titles, summaries, causes, exceptions, runs and traces, in any case and either language; all must be found',
    }),
  ),
};

export const IncidentListQuery = Type.Object({
  ...PageQuery,
  ...incidentFilterFields,
  sort: Type.Optional(StringEnum(incidentSorts, { default: '-last_seen_at' })),
});
export type IncidentListQuery = Static<typeof IncidentListQuery>;
export const IncidentPage = Page(
  Type.Object({
    ...incidentFields,
    first_step_in_run: Type.Optional(
      Type.Union([Type.Integer(), Type.Null()], { description: 'Of the run asked for with `run`; absent without it' }),
    ),
  }),
);

export const IncidentExportQuery = Type.Object({
  ...incidentFilterFields,
  format: Type.Optional(StringEnum(['json', 'csv'] as const, { default: 'json' })),
});
export const IncidentExport = Type.Object({
  items: Type.Array(IncidentSummary, { description: 'In the order in which they were first seen' }),
  complete: Type.Boolean({ description: 'False when there are more than are exported at once: go on with `since`' }),
});

const MuteRequest = Type.Union([
  Type.Object({ until: RequestTime }),
  Type.Object({ until_worse: Type.Literal(true) }),
  Type.Object({ until_new_run: Type.Literal(true) }),
]);
export type MuteRequest = Static<typeof MuteRequest>;

export const IncidentPatch = Type.Object({
  state: Type.Optional(StringEnum(incidentStates)),
  assignee: Type.Optional(Nullable(Type.String({ minLength: 1, maxLength: limits.nameLength }))),
  severity: Type.Optional(SeveritySchema),
  muted_until: Type.Optional(Nullable(RequestTime)),
  mute: Type.Optional(Nullable(MuteRequest)),
  reason: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 2_000,
      description: 'In the words of who changes it; shown in the timeline',
    }),
  ),
});
export type IncidentPatch = Static<typeof IncidentPatch>;

export const CommentCreate = Type.Object({ text: Type.String({ minLength: 1, maxLength: 10_000 }) });

export const FeedbackCreate = Type.Object({ worked: Type.Boolean() });

const IncidentId = Type.String({ minLength: 1, maxLength: 64 });
export const IncidentMerge = Type.Object({
  into: IncidentId,
  from: Type.Array(IncidentId, { minItems: 1, maxItems: limits.incidentsPerRequest }),
});
export const IncidentUnmerge = Type.Object({ from: IncidentId });

export const IncidentBulk = Type.Object({
  ids: Type.Array(IncidentId, { minItems: 1, maxItems: limits.incidentsPerRequest }),
  patch: IncidentPatch,
});
export const IncidentBulkAnswer = Type.Object({
  updated: Type.Array(Type.String()),
  failed: Type.Array(Type.Object({ id: Type.String(), code: Type.String(), detail: Type.String() })),
});
export type IncidentBulkAnswer = Static<typeof IncidentBulkAnswer>;
