import { type Static, Type } from 'typebox';
import { Nullable, RunId, Step, StringEnum, Timestamp } from './common.ts';
import { incidentStates } from './incidents.ts';

const PlainValue = Nullable(Type.Union([Type.String(), Type.Number(), Type.Boolean()]));

export const RunDifference = Type.Object({
  kind: StringEnum(['framework', 'device', 'package', 'environment', 'config'] as const),
  path: Type.String({ description: 'Dotted path within the kind' }),
  run_value: PlainValue,
  good_value: PlainValue,
});
export type RunDifference = Static<typeof RunDifference>;

const MetricNumber = Type.Union([Type.Number(), Type.String({ description: 'NaN, Infinity or -Infinity' })]);

export const IncidentComparisonQuery = Type.Object({
  run: Type.Optional(
    Type.String({ maxLength: 64, description: "One of the incident's runs; the latest to join when left out" }),
  ),
});
/** A run of the incident against the last run of its project that finished without an incident. */
export const IncidentComparison = Type.Object({
  run: Nullable(RunId),
  last_good_run: Nullable(RunId),
  differences: Type.Array(RunDifference),
  divergence: Nullable(
    Type.Object(
      { name: Type.String(), step: Step, run_value: MetricNumber, good_value: MetricNumber },
      { description: 'First step from which on the metric of the two runs differs by more than is usual between them' },
    ),
  ),
});
export type IncidentComparison = Static<typeof IncidentComparison>;

export const SimilarIncidents = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Type.String(),
      title: Type.String(),
      class: Type.String(),
      cause: Nullable(Type.Object({ id: Type.String(), confidence: Type.Number(), title: Type.String() })),
      state: StringEnum(incidentStates),
      project: Type.String(),
      runs: Type.Array(RunId),
      last_seen_at: Timestamp,
      same: StringEnum(['cause', 'class'] as const, { description: 'Whether the likeliest cause agrees, too' }),
      resolved_by: Nullable(Type.String()),
      fixed_by: Type.Array(
        Type.Object({
          remediation_id: Type.String(),
          title: Type.String(),
          worked: Type.Integer(),
          failed: Type.Integer(),
        }),
        { description: 'What people said of remediations in that incident, what worked first' },
      ),
    }),
  ),
});
export type SimilarIncidents = Static<typeof SimilarIncidents>;
