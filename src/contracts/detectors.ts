import { type Static, Type } from 'typebox';
import { Page, StringEnum } from './common.ts';
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
  findings: Type.Array(Type.Object({ ...Finding.properties, text: Type.String() }), {
    description: 'What the detectors would have found, the first 1,000',
  }),
  classes: Type.Array(Type.Object({ class: Type.String(), confidence: Type.Number() }), {
    description: 'Failure classes that these findings imply',
  }),
});
export type DryRunAnswer = Static<typeof DryRunAnswer>;

/** What a threshold counts or is compared with. */
export const thresholdUnits = [
  'points',
  'steps',
  'evaluations',
  'blocks',
  'images',
  'times',
  'share',
  'sigmas',
  'value',
] as const;
export type ThresholdUnit = (typeof thresholdUnits)[number];

const Threshold = Type.Object({
  name: Type.String(),
  type: StringEnum(['integer', 'number'] as const),
  unit: StringEnum(thresholdUnits, {
    description:
      'share: part of something else, 1 is all of it; sigmas: standard deviations of the noise; value: in the unit of the metric itself',
  }),
  default: Type.Number(),
  minimum: Type.Number(),
  maximum: Type.Number(),
  text: Type.String({ description: 'What it means, in the language asked for' }),
});

/** What can be set of a detector, with its defaults: `thresholds` as they are set, `options` as a form shows them. */
export const DetectorPage = Page(
  Type.Object({
    id: Type.String(),
    title: Type.String(),
    thresholds: Type.Record(Type.String(), Type.Number()),
    options: Type.Array(Threshold),
  }),
);
