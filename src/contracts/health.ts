import { type Static, Type } from 'typebox';
import { Nullable, StringEnum, Timestamp } from './common.ts';

/** Which DFL backend computes now, on what, why the others do not, and the latest failures of the chosen one. */
export const BackendChoice = Type.Object({
  requested: Type.String(),
  chosen: Type.String(),
  device: Type.String(),
  rejected: Type.Array(Type.Object({ backend: Type.String(), reason: Type.String() })),
  failures: Type.Array(
    Type.Object({ at: Timestamp, backend: Type.String(), failure: Type.String(), reason: Type.String() }),
  ),
});
export type BackendChoice = Static<typeof BackendChoice>;

/** How often a worker reports itself. */
export const heartbeatMs = 15_000;

/** A process that runs jobs, as it reported itself last. */
export const WorkerState = Type.Object({
  id: Type.String(),
  host: Type.String(),
  pid: Type.Integer(),
  started_at: Timestamp,
  seen_at: Timestamp,
  dfl: BackendChoice,
});
export type WorkerState = Static<typeof WorkerState>;

const JobCounts = Type.Object({ waiting: Type.Integer(), active: Type.Integer(), delayed: Type.Integer() });

/** What works and what waits. */
export const System = Type.Object({
  workers: Type.Array(WorkerState, { description: 'those seen lately, the latest first' }),
  /** Jobs by name; null when the queue does not answer. */
  queue: Nullable(Type.Record(Type.String(), JobCounts)),
  storage: Type.Object({
    database_bytes: Type.Integer({ description: 'of the database on disk, the queue of the embedded mode included' }),
    captures: Type.Integer({ description: 'captures whose tensors are kept' }),
    capture_bytes: Type.Integer({ description: 'of those tensors, each content once' }),
  }),
  captures: Type.Object({
    pending: Type.Integer({ description: 'captures that wait for their analysis' }),
    limit: Type.Integer({ description: 'from here on new ones are answered 503' }),
  }),
});

export const Health = Type.Object({ status: Type.Literal('ok') });
export const Readiness = Type.Object({
  status: StringEnum(['ready', 'not-ready'] as const),
  checks: Type.Array(Type.Object({ name: Type.String(), ok: Type.Boolean(), detail: Type.String() })),
  /** This process's, else that of the worker seen last; null when there is none. */
  dfl: Nullable(BackendChoice),
  workers: Type.Array(Type.Object({ id: Type.String(), dfl: BackendChoice }), {
    description: 'what computes the DFL in each worker seen lately',
  }),
});
