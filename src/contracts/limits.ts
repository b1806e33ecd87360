/** Every bound of the public edge in one place. Sizes are bytes unless the name says otherwise. */
export const limits = {
  /** JSON bodies of control calls (runs, webhooks, tokens, incidents). */
  jsonBodyBytes: 1024 * 1024,
  /** JSON or NDJSON metric batches. */
  metricsBodyBytes: 4 * 1024 * 1024,
  metricPointsPerRequest: 1000,
  metricNamesPerPoint: 64,
  metricNameLength: 128,
  /** One chunk of raw console output. */
  logChunkBytes: 4 * 1024 * 1024,
  /** One pushed or pasted trace. */
  traceBytes: 2 * 1024 * 1024,
  /** Text pasted into POST /v1/diagnose. */
  diagnoseBytes: 12 * 1024 * 1024,
  /** Lines of one chunk or one trace: reading costs by the line as well as by the byte, and it must not hold the others up. */
  textLines: 200_000,
  /** Lines of a text pasted into POST /v1/diagnose. */
  diagnoseLines: 500_000,
  /** A capture given as JSON (parsed in memory). */
  captureJsonBytes: 16 * 1024 * 1024,
  /** A capture given as safetensors (streamed to disk); LOSSWATCH_MAX_CAPTURE_BYTES overrides it. */
  captureBytes: 512 * 1024 * 1024,
  /** A capture diagnosed without being stored: it is held in memory. */
  diagnosedCaptureBytes: 64 * 1024 * 1024,
  /** Of those, held at the same time by one process. */
  diagnosedCaptures: 4,
  /** Length of a safetensors JSON header. */
  safetensorsHeaderBytes: 1024 * 1024,
  /** Bins K of a predicted distribution. */
  minBins: 2,
  maxBins: 256,
  /** Largest step and rank accepted. */
  maxStep: Number.MAX_SAFE_INTEGER,
  maxRank: 1_000_000,
  /** Nesting depth of free-form JSON (config, environment, tags). */
  jsonDepth: 32,
  nameLength: 200,
  urlLength: 2048,
  idempotencyKeyLength: 200,
  /** Incidents named in one merge or bulk change. */
  incidentsPerRequest: 100,
  exportedIncidents: 50_000,
  /** Ownership rules of a project. */
  ownershipRules: 200,
  pageSize: 100,
  /** Findings of a run in one answer. */
  findingPageSize: 500,
  defaultPageSize: 50,
  maxSeriesPoints: 10_000,
  /** Captures waiting for re-computation before new ones are answered with 503. */
  pendingCaptures: 10_000,
  /** Groups of rows (strides) whose targets are counted apart; further ones are counted together. */
  targetGroups: 16,
  /** Offenders listed in an analysis. */
  offenders: 100,
  /** Logits listed that are NaN or infinite. */
  nonFiniteLogits: 10,
  /** Runs of mismatched rows listed when a selection is replayed, and mismatched rows whose content is looked into. */
  mismatchRanges: 20,
  strangerRows: 65_536,
  /** Percentiles of targets are told up to this magnitude. */
  floorBound: 4096,
} as const;
