import { type Static, Type } from 'typebox';
import { Nullable, StringEnum } from './common.ts';

/** Which DFL backend computes, on what, and why the others do not. */
export const BackendChoice = Type.Object({
  requested: Type.String(),
  chosen: Type.String(),
  device: Type.String(),
  rejected: Type.Array(Type.Object({ backend: Type.String(), reason: Type.String() })),
});
export type BackendChoice = Static<typeof BackendChoice>;

export const Health = Type.Object({ status: Type.Literal('ok') });
export const Readiness = Type.Object({
  status: StringEnum(['ready', 'not-ready'] as const),
  checks: Type.Array(Type.Object({ name: Type.String(), ok: Type.Boolean(), detail: Type.String() })),
  dfl: Nullable(BackendChoice),
});
