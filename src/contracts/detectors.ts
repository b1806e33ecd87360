import { type Static, Type } from 'typebox';
import { Page } from './common.ts';
import { Finding } from './findings.ts';

/** By detector id: {"metric.spike": {enabled: true, thresholds: {factor: 3}}}. What is left out keeps its default. */
export const DetectorOptions = Type.Record(
  Type.String({ maxLength: 100 }),
  Type.Object({
    enabled: Type.Optional(Type.Boolean()),
    thresholds: Type.Optional(Type.Record(Type.String({ maxLength: 100 }), Type.Number())),
  }),
);
export type DetectorOptions = Static<typeof DetectorOptions>;

export const DryRunRequest = Type.Object({ detectors: Type.Optional(DetectorOptions) });
export const DryRunAnswer = Type.Object({
  points: Type.Integer({ description: 'Points replayed' }),
  complete: Type.Boolean({ description: 'False when the run has more points than are replayed at once' }),
  findings: Type.Array(Finding, { description: 'What the detectors would have found, the first 1,000' }),
  classes: Type.Array(Type.Object({ class: Type.String(), confidence: Type.Number() }), {
    description: 'Failure classes that these findings imply',
  }),
});
export type DryRunAnswer = Static<typeof DryRunAnswer>;

/** What can be set of a detector, with its defaults. */
export const DetectorPage = Page(
  Type.Object({ id: Type.String(), thresholds: Type.Record(Type.String(), Type.Number()) }),
);
