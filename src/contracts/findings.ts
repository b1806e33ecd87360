import { type Static, Type } from 'typebox';
import { Nullable, Page, SeveritySchema, StringEnum, Timestamp } from './common.ts';
import { limits } from './limits.ts';

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

/** A finding of a run, with its sentence in the reader's language. */
export const FindingAnswer = Type.Object({ ...Finding.properties, text: Type.String(), found_at: Timestamp });
export const FindingPage = Page(FindingAnswer);
export const FindingQuery = Type.Object({
  kind: Type.Optional(StringEnum(observationKinds)),
  cursor: Type.Optional(Type.String({ maxLength: 300 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.findingPageSize, default: limits.findingPageSize })),
});
