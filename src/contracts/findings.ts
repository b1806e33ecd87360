import { type Static, Type } from 'typebox';
import { Nullable, SeveritySchema, StringEnum } from './common.ts';

/** Kinds of observation a finding can come from. */
export const observationKinds = ['capture', 'metric', 'trace'] as const;
export type ObservationKind = (typeof observationKinds)[number];

/** Data of a finding: flat, JSON-safe. Non-finite numbers are the strings "NaN", "Infinity", "-Infinity". */
export const FindingData = Type.Record(
  Type.String(),
  Type.Union([
    Type.String(),
    Type.Number(),
    Type.Boolean(),
    Type.Null(),
    Type.Array(Type.Union([Type.String(), Type.Number()])),
  ]),
);
export type FindingData = Static<typeof FindingData>;

/**
 * One established fact with its evidence. `id` names the rule (texts in catalog/findings.yaml); `version` is the rule's version and
 * `data` holds the threshold used, so that an old finding can still be explained after the rule changed.
 */
export const Finding = Type.Object({
  id: Type.String(),
  version: Type.Integer(),
  severity: SeveritySchema,
  kind: StringEnum(observationKinds),
  /** Id of the capture or trace, or the name of the metric. */
  ref: Type.String(),
  step: Nullable(Type.Integer()),
  rank: Nullable(Type.Integer()),
  data: FindingData,
});
export type Finding = Static<typeof Finding>;
