// Metric points at rest, in chunks by series. The steps of a series' chunks do not overlap.
import { Prisma } from './generated/client.ts';
import type { Query } from './statements.ts';

export interface ChunkRow {
  runId: string;
  name: string;
  rank: number;
  firstStep: number;
  lastStep: number;
  points: number;
  windowed: boolean;
  lowOrdinal: number;
  highOrdinal: number;
  lastAt: Date;
  lost: number;
  lostPoints: Uint8Array;
  coarse: Uint8Array;
  fine: Uint8Array;
  data: Uint8Array;
}

/** A chunk without what is long. */
export interface ChunkHead {
  name: string;
  rank: number;
  firstStep: number;
  lastStep: number;
  points: number;
  windowed: boolean;
  lost: number;
  coarse: Buffer;
}

export interface SeriesName {
  name: string;
  rank: number;
}

export interface HeadFilter {
  runId: string;
  names: string[] | null;
  rank: number | null;
  lowStep: number;
  highStep: number;
}

/** Chunks that may hold points with such steps, by series and in the order of their steps. */
export async function readChunkHeads(query: Query, filter: HeadFilter): Promise<ChunkHead[]> {
  const { runId, names, rank, lowStep, highStep } = filter;
  return query(Prisma.sql`
    SELECT name, rank, first_step AS "firstStep", last_step AS "lastStep", points, windowed, lost, coarse FROM metric_chunk
    WHERE run_id = ${runId} AND (${names}::text[] IS NULL OR name = ANY(${names}::text[])) AND (${rank}::int IS NULL OR rank = ${rank}::int)
      AND first_step <= ${highStep}::bigint AND last_step >= ${lowStep}::bigint
    ORDER BY name, rank, first_step`);
}

export interface ChunkBounds {
  firstStep: number;
  lastStep: number;
  points: number;
}

/** Chunks of a series that begin between the steps, and the one that begins before them, in the order of their steps. */
export async function readChunkBounds(
  query: Query,
  { runId, name, rank }: SeriesName & { runId: string },
  { lowStep, highStep }: { lowStep: number; highStep: number },
): Promise<ChunkBounds[]> {
  return query(Prisma.sql`
    SELECT first_step AS "firstStep", last_step AS "lastStep", points FROM metric_chunk
    WHERE run_id = ${runId} AND name = ${name} AND rank = ${rank}::int AND first_step <= ${highStep}::bigint AND first_step >= coalesce((
      SELECT max(first_step) FROM metric_chunk
      WHERE run_id = ${runId} AND name = ${name} AND rank = ${rank}::int AND first_step <= ${lowStep}::bigint), 0)
    ORDER BY first_step`);
}

export type LongColumn = 'data' | 'fine' | 'lost_points';

/** A long column of the chunks of a series that begin at these steps, in the order of their steps. */
export async function readChunkColumn(
  query: Query,
  column: LongColumn,
  chunks: { runId: string; name: string; rank: number; firstSteps: number[] },
): Promise<Buffer[]> {
  const rows = await query<{ bytes: Buffer }>(Prisma.sql`
    SELECT ${Prisma.raw(column)} AS bytes FROM metric_chunk
    WHERE run_id = ${chunks.runId} AND name = ${chunks.name} AND rank = ${chunks.rank}::int AND first_step = ANY(${chunks.firstSteps}::bigint[])
    ORDER BY first_step`);
  return rows.map(({ bytes }) => bytes);
}

/** Chunks that hold points with places from `from` to `before - 1`. */
export async function findChunksByPlace(
  query: Query,
  { runId, from, before }: { runId: string; from: number; before: number },
): Promise<(SeriesName & { firstStep: number })[]> {
  return query(Prisma.sql`
    SELECT name, rank, first_step AS "firstStep" FROM metric_chunk
    WHERE run_id = ${runId} AND low_ordinal < ${before}::bigint AND high_ordinal >= ${from}::bigint`);
}

/** Puts chunks in the place of those of the series that begin at `replaced`. */
export async function replaceChunks(
  query: Query,
  series: SeriesName & { runId: string; replaced: number[] },
  chunks: ChunkRow[],
): Promise<void> {
  const { runId, name, rank, replaced } = series;
  if (replaced.length > 0) {
    await query(Prisma.sql`
      DELETE FROM metric_chunk WHERE run_id = ${runId} AND name = ${name} AND rank = ${rank}::int AND first_step = ANY(${replaced}::bigint[])`);
  }
  for (const chunk of chunks) {
    await query(Prisma.sql`
      INSERT INTO metric_chunk (run_id, name, rank, first_step, last_step, points, windowed, low_ordinal, high_ordinal, last_at, lost, lost_points, coarse, fine, data)
      VALUES (${runId}, ${name}, ${rank}::int, ${chunk.firstStep}::bigint, ${chunk.lastStep}::bigint, ${chunk.points}::int, ${chunk.windowed},
        ${chunk.lowOrdinal}::bigint, ${chunk.highOrdinal}::bigint, ${chunk.lastAt.toISOString()}::timestamptz, ${chunk.lost}::int,
        ${Buffer.from(chunk.lostPoints)}, ${Buffer.from(chunk.coarse)}, ${Buffer.from(chunk.fine)}, ${Buffer.from(chunk.data)})`);
  }
}
