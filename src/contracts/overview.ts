import { type Static, Type } from 'typebox';
import { Nullable, ProjectId } from './common.ts';
import { Run } from './runs.ts';

/** Runs told of in an overview, the last heard of first. */
export const overviewRuns = 24;
/** Points of a run's small curve. */
export const sparklinePoints = 60;

const Count = Type.Integer({ minimum: 0 });

/** A run with the curve of what it minimises and its speed. */
export const RunPulse = Type.Intersect([
  Run,
  Type.Object({
    loss: Nullable(
      Type.Object({
        name: Type.String(),
        steps: Type.Array(Type.Integer()),
        values: Type.Array(Type.Union([Type.Number(), Type.String({ description: 'NaN, Infinity, -Infinity' })])),
      }),
    ),
    steps_per_second: Nullable(Type.Number({ description: 'over the latest points; null while it cannot be told' })),
  }),
]);
export type RunPulse = Static<typeof RunPulse>;

/** How all runs do, at one look. */
export const Overview = Type.Object({
  incidents: Type.Object({
    open: Type.Object({ critical: Count, warning: Count, info: Count }),
    acknowledged: Count,
    by_class: Type.Array(Type.Object({ class: Type.String(), title: Type.String(), count: Count }), {
      description: 'of those that are not resolved, the most frequent first',
    }),
  }),
  since_yesterday: Type.Object(
    { opened: Count, resolved: Count, regressed: Count },
    { description: 'in the last 24 hours' },
  ),
  runs: Type.Array(RunPulse),
  deliveries: Type.Object(
    { delivered: Count, failed: Count, pending: Count, disabled_endpoints: Count },
    { description: 'those of the last 24 hours' },
  ),
  dfl: Type.Array(Type.Object({ worker: Type.String(), backend: Type.String(), device: Type.String() })),
});
export type Overview = Static<typeof Overview>;

export const OverviewQuery = Type.Object({ project: Type.Optional(ProjectId) });
