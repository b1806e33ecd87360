import { type Static, Type } from 'typebox';
import {
  FreeObject,
  Ids,
  Nullable,
  Page,
  PageQuery,
  ProjectId,
  Rank,
  RequestTime,
  RunId,
  SeveritySchema,
  Step,
  StringEnum,
  Timestamp,
} from './common.ts';
import { limits } from './limits.ts';

export const runStatuses = ['running', 'finished', 'failed', 'stalled'] as const;
export type RunStatus = (typeof runStatuses)[number];

const ShortText = Type.String({ maxLength: limits.nameLength });

export const Framework = Type.Object({ name: ShortText, version: Type.Optional(ShortText) });

/** Where a run runs. Unknown keys are kept. `packages` maps a distribution name to its version. */
export const Environment = Type.Object({
  os: Type.Optional(ShortText),
  python: Type.Optional(ShortText),
  cuda: Type.Optional(ShortText),
  cudnn: Type.Optional(ShortText),
  driver: Type.Optional(ShortText),
  gpu: Type.Optional(ShortText),
  packages: Type.Optional(Type.Record(Type.String(), Nullable(ShortText))),
});
export type Environment = Static<typeof Environment>;

export const RunCreate = Type.Object({
  id: Type.Optional(RunId),
  name: Type.String({ minLength: 1, maxLength: limits.nameLength }),
  project: Type.Optional(ProjectId),
  framework: Type.Optional(Framework),
  device: Type.Optional(ShortText),
  environment: Type.Optional(Environment),
  config: Type.Optional(FreeObject),
  tags: Type.Optional(FreeObject),
  world_size: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.maxRank })),
});
export type RunCreate = Static<typeof RunCreate>;

export const RunPatch = Type.Object({
  status: Type.Optional(StringEnum(runStatuses)),
  name: Type.Optional(Type.String({ minLength: 1, maxLength: limits.nameLength })),
  tags: Type.Optional(FreeObject),
  environment: Type.Optional(Environment),
});
export type RunPatch = Static<typeof RunPatch>;

export const Run = Type.Object({
  id: RunId,
  name: Type.String(),
  project: ProjectId,
  status: StringEnum(runStatuses),
  last_step: Nullable(Step),
  last_seen_at: Timestamp,
  created_at: Timestamp,
  open_incidents: Type.Integer({ minimum: 0 }),
  framework: Nullable(Framework),
  device: Nullable(Type.String()),
  environment: Nullable(FreeObject),
  config: Nullable(FreeObject),
  tags: Nullable(FreeObject),
  world_size: Nullable(Type.Integer()),
});
export type Run = Static<typeof Run>;

/** Something known to fail in the environment of a run. */
export const EnvironmentWarning = Type.Object({
  id: Type.String(),
  severity: SeveritySchema,
  text: Type.String({ description: 'What goes wrong there' }),
  advice: Type.String({ description: 'What to do before the first step' }),
  classes: Type.Array(Type.String({ description: 'Failure classes it leads to' })),
  sources: Type.Array(Type.String()),
});
export type EnvironmentWarning = Static<typeof EnvironmentWarning>;
export const RunAnswer = Type.Object({ ...Run.properties, warnings: Type.Array(EnvironmentWarning) });

export const RunListQuery = Type.Object({
  ...PageQuery,
  ids: Type.Optional(Ids),
  project: Type.Optional(ProjectId),
  status: Type.Optional(StringEnum(runStatuses)),
  q: Type.Optional(Type.String({ maxLength: limits.nameLength })),
});
export const RunPage = Page(Run);

export const nonFiniteTokens = ['NaN', 'Infinity', '-Infinity'] as const;
export type NonFiniteToken = (typeof nonFiniteTokens)[number];
/** A metric value: a number, or a non-finite one spelled as a string (bare tokens in the body arrive here as strings too). */
export type MetricValue = number | NonFiniteToken;

/**
 * One point as the caller sends it. The route judges every point alone (kernels of the check: domain/observations/check-point.ts),
 * so that one bad point is rejected by index and the others are kept.
 */
export const MetricPoint = Type.Object({
  step: Step,
  time: Type.Optional(RequestTime),
  rank: Type.Optional(Rank),
  values: Type.Record(Type.String(), Type.Union([Type.Number(), StringEnum(nonFiniteTokens)])),
});
export type MetricPoint = Static<typeof MetricPoint>;

/** Only the envelope is checked by schema; points are judged one by one. */
export const MetricBatch = Type.Object({
  points: Type.Array(Type.Unknown(), {
    maxItems: limits.metricPointsPerRequest,
    description: 'Up to 1,000 points {step, time?, rank?, values: {name: number | "NaN" | "Infinity" | "-Infinity"}}',
  }),
});
export const MetricReceipt = Type.Object({
  accepted: Type.Integer(),
  rejected: Type.Array(Type.Object({ index: Type.Integer(), reason: Type.String() })),
});

export const SeriesQuery = Type.Object({
  names: Type.Optional(
    Type.String({ maxLength: 4000, description: 'Comma-separated metric names; all when left out' }),
  ),
  from: Type.Optional(Step),
  to: Type.Optional(Step),
  max_points: Type.Optional(Type.Integer({ minimum: 10, maximum: limits.maxSeriesPoints, default: 1000 })),
  rank: Type.Optional(Rank),
});
export const SeriesAnswer = Type.Object({
  series: Type.Array(
    Type.Object({
      name: Type.String(),
      rank: Rank,
      steps: Type.Array(Type.Integer()),
      values: Type.Array(Type.Union([Type.Number(), Type.String()])),
      windowed: Type.Optional(
        Type.Literal(true, {
          description: "Values were read from a log that prints means or medians over the trainer's logging window",
        }),
      ),
      downsampled: Type.Boolean(),
    }),
  ),
});

export const LogQuery = Type.Object({
  source: Type.Optional(Type.String({ minLength: 1, maxLength: limits.nameLength, default: 'console' })),
});
export const LogSearchQuery = Type.Object({
  ...PageQuery,
  source: Type.Optional(Type.String({ minLength: 1, maxLength: limits.nameLength })),
  q: Type.Optional(Type.String({ maxLength: limits.nameLength, description: 'Part of the line, in any case' })),
  unparsed: Type.Optional(
    StringEnum(['true', 'false'] as const, { description: 'true: only lines that nothing was read from' }),
  ),
  line: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: limits.maxStep,
      description: 'Begin at this line of `source`, which must be named; a cursor wins over it',
    }),
  ),
});
const LogLine = Type.Object({
  source: Type.String(),
  line: Type.Integer({ description: 'Number in its source, 0-based' }),
  rank: Nullable(Rank),
  text: Type.String({ description: 'Without colours and rank prefixes, at most 2,000 characters' }),
  unparsed: Type.Boolean({ description: 'Neither a log format nor a crash report took it' }),
});
export type LogLine = Static<typeof LogLine>;
/** What is known of one source of console output. */
const LogFormatFact = Type.Object({
  source: Type.String(),
  lines: Type.Integer(),
  unparsed: Type.Integer({ description: 'Lines that nothing was read from; empty ones do not count' }),
  format: Nullable(Type.String({ description: 'Log format of its last metric line' })),
  window: Nullable(
    StringEnum(['exact', 'mean', 'median'] as const, {
      description: "How the printed values relate to the steps: the step's own, or a mean or median over a window",
    }),
  ),
});
export type LogFormatFact = Static<typeof LogFormatFact>;
export const LogPage = Type.Object({ ...Page(LogLine).properties, sources: Type.Array(LogFormatFact) });
export const LogReceipt = Type.Object({ lines: Type.Integer(), points: Type.Integer(), events: Type.Integer() });

export const TraceCreate = Type.Object({
  text: Type.String({ minLength: 1 }),
  step: Type.Optional(Step),
  rank: Type.Optional(Rank),
  host: Type.Optional(ShortText),
  time: Type.Optional(RequestTime),
});
export type TraceCreate = Static<typeof TraceCreate>;
export const TraceReceipt = Type.Object({ trace_id: Type.String() });

export const CaptureQuery = Type.Object({ step: Type.Optional(Step), rank: Type.Optional(Rank) });
export const CaptureReceipt = Type.Object({ capture_id: Type.String() });

export const Heartbeat = Type.Object({
  phase: Type.Optional(Type.String({ maxLength: 40 })),
  step: Type.Optional(Step),
  expect_next_in_s: Type.Optional(Type.Number({ minimum: 0, maximum: 31_536_000 })),
});
