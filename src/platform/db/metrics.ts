// Metric points: written in bulk with unnest, read as series. Values travel as text, because Prisma's raw parameters are JSON, which
// has no NaN or Infinity; PostgreSQL's float8 reads and prints the shortest text that gives the same bits.
import type { MetricValue } from '../../contracts/runs.ts';
import type { Tx } from './client.ts';

export interface StoredPoint {
  step: number;
  rank: number;
  name: string;
  value: number;
  /** The printed value is a mean or median over the trainer's logging window. */
  windowed: boolean;
  /** When it was measured; the time of storing when it is not known. */
  at?: Date | null;
}

/**
 * Inserts points of a run (whose row is locked by touchRun); a point seen before (same run, rank, name, step) is left as it was.
 * Answers how many were new.
 */
export async function insertPoints(tx: Tx, runId: string, points: StoredPoint[], now: Date): Promise<number> {
  if (points.length === 0) return 0;
  const rows = await tx.$queryRaw<{ inserted: number; up_to: bigint | null }[]>`
    WITH inserted AS (
      INSERT INTO metric_point (run_id, rank, name, step, value, windowed, at)
      SELECT ${runId}, rank, name, step, value, windowed, COALESCE(at, ${now})
      FROM unnest(${points.map((p) => p.rank)}::int[], ${points.map((p) => p.name)}::text[], ${points.map((p) => String(p.step))}::text[]::bigint[],
        ${points.map((p) => floatText(p.value))}::text[]::float8[], ${points.map((p) => p.windowed)}::bool[],
        ${points.map((p) => p.at?.toISOString() ?? null)}::text[]::timestamptz[]) AS p(rank, name, step, value, windowed, at)
      ON CONFLICT DO NOTHING RETURNING seq)
    SELECT count(*)::int AS inserted, max(seq) AS up_to FROM inserted`;
  const { inserted, up_to } = rows[0] ?? { inserted: 0, up_to: null };
  if (up_to !== null)
    await tx.$executeRaw`UPDATE run SET points_up_to = GREATEST(points_up_to, ${up_to}) WHERE id = ${runId}`;
  return inserted;
}

/** String(-0) is "0"; float8 keeps the sign. */
function floatText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

export interface SequencedPoint extends StoredPoint {
  seq: bigint;
}

/** The next points of a run in the order they were stored. */
export async function readPointsAfter(tx: Tx, runId: string, after: bigint, limit: number): Promise<SequencedPoint[]> {
  const rows = await tx.$queryRaw<
    { seq: bigint; rank: number; name: string; step: bigint; value: string; windowed: boolean }[]
  >`
    SELECT seq, rank, name, step, value::text AS value, windowed FROM metric_point WHERE run_id = ${runId} AND seq > ${after} ORDER BY seq LIMIT ${limit}`;
  return rows.map((row) => ({ ...row, step: Number(row.step), value: Number(row.value) }));
}

export interface SeriesFilter {
  names: string[] | null;
  from: number | null;
  to: number | null;
  rank: number | null;
  maxPoints: number;
}

export interface Series {
  name: string;
  rank: number;
  steps: number[];
  values: MetricValue[];
  /** Some values are means or medians over the trainer's logging window. */
  windowed?: true;
  downsampled: boolean;
}

/** Non-finite points of a series that are all shown, whatever max_points says. */
const maxNonFinite = 10_000;

/**
 * Series of a run by name and rank, in order of step. A series longer than maxPoints is cut into equal stretches of steps, of which
 * first, last, minimum and maximum are kept, and all non-finite points, so that neither a one-step spike nor a NaN vanishes. Only of a
 * series with more than 10,000 non-finite points (a run that went on after its loss was lost) the first of each kind per stretch is kept.
 */
export async function readSeries(tx: Tx, runId: string, filter: SeriesFilter): Promise<Series[]> {
  const stretches = Math.max(1, Math.floor(filter.maxPoints / 5));
  const rows = await tx.$queryRaw<
    { name: string; rank: number; steps: string[]; values: string[]; windowed: boolean; total: number }[]
  >`
    WITH chosen AS (
      SELECT name, rank, step, value, windowed, count(*) OVER w AS total, row_number() OVER (w ORDER BY step) - 1 AS position FROM metric_point
      WHERE run_id = ${runId} AND (${filter.names}::text[] IS NULL OR name = ANY(${filter.names}::text[]))
        AND (${filter.from}::bigint IS NULL OR step >= ${filter.from}::bigint) AND (${filter.to}::bigint IS NULL OR step <= ${filter.to}::bigint)
        AND (${filter.rank}::int IS NULL OR rank = ${filter.rank}::int)
      WINDOW w AS (PARTITION BY name, rank)
    ), stretched AS (
      SELECT *, CASE WHEN total <= ${filter.maxPoints} THEN position ELSE position * ${stretches} / total END AS stretch,
        value <> 'NaN' AND value <> 'Infinity' AND value <> '-Infinity' AS finite FROM chosen
    ), ranked AS (
      SELECT *, row_number() OVER (s ORDER BY step) AS first, row_number() OVER (s ORDER BY step DESC) AS last,
        row_number() OVER (s ORDER BY finite DESC, value) AS lowest, row_number() OVER (s ORDER BY finite DESC, value DESC) AS highest,
        row_number() OVER (PARTITION BY name, rank, stretch, CASE WHEN finite THEN 'finite' ELSE value::text END ORDER BY step) AS first_of_kind,
        count(*) FILTER (WHERE NOT finite) OVER (PARTITION BY name, rank) AS lost
      FROM stretched WINDOW s AS (PARTITION BY name, rank, stretch)
    )
    SELECT name, rank, array_agg(step::text ORDER BY step) AS steps, array_agg(value::text ORDER BY step) AS values,
      bool_or(windowed) AS windowed, max(total)::int AS total
    FROM ranked WHERE first = 1 OR last = 1 OR lowest = 1 OR highest = 1 OR (NOT finite AND (first_of_kind = 1 OR lost <= ${maxNonFinite}))
    GROUP BY name, rank ORDER BY name, rank`;
  return rows.map((row) => ({
    name: row.name,
    rank: row.rank,
    steps: row.steps.map(Number),
    values: row.values.map((value) =>
      value === 'NaN' || value === 'Infinity' || value === '-Infinity' ? value : Number(value),
    ),
    ...(row.windowed ? { windowed: true as const } : {}),
    downsampled: row.total > row.steps.length,
  }));
}
