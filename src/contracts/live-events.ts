import { type Static, Type } from 'typebox';
import { Nullable, ProjectId, RunId, SeveritySchema, StringEnum } from './common.ts';
import { incidentStates } from './incidents.ts';
import { runStatuses } from './runs.ts';

/** What happened to an incident, as the live feed says it. */
export const incidentChanges = [
  'opened',
  'regressed',
  'reopened',
  'acknowledged',
  'resolved',
  'merged',
  'updated',
] as const;

/** `data` of the server-sent events of GET /v1/events, by `event`. */
export const liveEventData = {
  incident: Type.Object({
    id: Type.String(),
    project: ProjectId,
    state: StringEnum(incidentStates),
    class: Type.String(),
    severity: SeveritySchema,
    change: StringEnum(incidentChanges),
  }),
  run: Type.Object({
    id: RunId,
    project: ProjectId,
    status: StringEnum(runStatuses),
    last_step: Nullable(Type.Integer()),
  }),
  capture: Type.Object({ id: Type.String(), run_id: RunId, status: StringEnum(['done', 'failed'] as const) }),
};

/** One change, as it is stored and sent. */
export type LiveEvent = {
  [Kind in keyof typeof liveEventData]: {
    id: bigint;
    kind: Kind;
    project: string;
    data: Static<(typeof liveEventData)[Kind]>;
  };
}[keyof typeof liveEventData];

export const LiveEventQuery = Type.Object({ project: Type.Optional(ProjectId) });
export const LiveEventHeaders = Type.Object({
  'last-event-id': Type.Optional(
    Type.String({ pattern: '^[0-9]{1,18}$', description: 'go on after this event; sent by browsers on their own' }),
  ),
});
