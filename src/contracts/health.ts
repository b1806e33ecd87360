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

export const Health = Type.Object({ status: Type.Literal('ok') });
export const Readiness = Type.Object({
  status: StringEnum(['ready', 'not-ready'] as const),
  checks: Type.Array(Type.Object({ name: Type.String(), ok: Type.Boolean(), detail: Type.String() })),
  dfl: Nullable(BackendChoice),
});
