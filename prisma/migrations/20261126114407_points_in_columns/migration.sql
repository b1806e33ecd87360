-- Triggers that wait for the commit would keep the tables from being altered.
SET CONSTRAINTS ALL IMMEDIATE;

-- CreateTable
CREATE TABLE "detector_state" (
    "run_id" TEXT NOT NULL,
    "state" JSONB NOT NULL,

    CONSTRAINT "detector_state_pkey" PRIMARY KEY ("run_id")
);

-- CreateTable
CREATE TABLE "metric_batch" (
    "run_id" TEXT NOT NULL,
    "first" BIGINT NOT NULL,
    "points" INTEGER NOT NULL,
    "low_step" BIGINT NOT NULL,
    "high_step" BIGINT NOT NULL,
    "data" BYTEA NOT NULL,

    CONSTRAINT "metric_batch_pkey" PRIMARY KEY ("run_id","first")
);

-- CreateTable
CREATE TABLE "metric_chunk" (
    "run_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "rank" INTEGER NOT NULL,
    "first_step" BIGINT NOT NULL,
    "last_step" BIGINT NOT NULL,
    "points" INTEGER NOT NULL,
    "windowed" BOOLEAN NOT NULL,
    "low_ordinal" BIGINT NOT NULL,
    "high_ordinal" BIGINT NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,
    "lost" INTEGER NOT NULL,
    "lost_points" BYTEA NOT NULL,
    "coarse" BYTEA NOT NULL,
    "fine" BYTEA NOT NULL,
    "data" BYTEA NOT NULL,

    CONSTRAINT "metric_chunk_pkey" PRIMARY KEY ("run_id","name","rank","first_step")
);

-- AddForeignKey
ALTER TABLE "detector_state" ADD CONSTRAINT "detector_state_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "metric_batch" ADD CONSTRAINT "metric_batch_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "metric_chunk" ADD CONSTRAINT "metric_chunk_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AlterTable
ALTER TABLE "run" ADD COLUMN "compacted_up_to" BIGINT NOT NULL DEFAULT 0;

-- Columns are compressed by Losswatch, or not worth the attempt; a batch of usual size stays in its row.
ALTER TABLE "metric_batch" ALTER COLUMN "data" SET STORAGE EXTERNAL, SET (toast_tuple_target = 8160);
ALTER TABLE "metric_chunk" ALTER COLUMN "data" SET STORAGE EXTERNAL, ALTER COLUMN "fine" SET STORAGE EXTERNAL,
  ALTER COLUMN "lost_points" SET STORAGE EXTERNAL, ALTER COLUMN "coarse" SET STORAGE MAIN;

-- What the sweeper and the detectors look for, several times a second.
CREATE INDEX "run_owes_detection" ON "run" ("id") WHERE "points_up_to" > "detected_up_to";
CREATE INDEX "run_owes_compaction" ON "run" ("id") WHERE "detected_up_to" > "compacted_up_to";
CREATE INDEX "run_owes_diagnosis" ON "run" ("id") WHERE "revision" > "diagnosed_revision";

-- The points there are, 5,000 to a batch, in the form of kernels/points/batch.ts: each row a step of one metric.
CREATE FUNCTION pg_temp.varint(value BIGINT) RETURNS BYTEA LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  bytes BYTEA := ''::BYTEA;
  rest BIGINT := value;
BEGIN
  WHILE rest > 127 LOOP
    bytes := bytes || set_byte('\x00', 0, ((rest & 127) | 128)::INT);
    rest := rest >> 7;
  END LOOP;
  RETURN bytes || set_byte('\x00', 0, rest::INT);
END $$;

CREATE TEMPORARY TABLE point ON COMMIT DROP AS
  SELECT *, (row_number() OVER (PARTITION BY run_id ORDER BY seq) - 1) AS ordinal,
    (row_number() OVER (PARTITION BY run_id ORDER BY seq) - 1) / 5000 AS part
  FROM metric_point WHERE run_id IN (SELECT id FROM run);

INSERT INTO metric_batch (run_id, first, points, low_step, high_step, data)
WITH shaped AS (SELECT *, dense_rank() OVER (PARTITION BY run_id, part ORDER BY rank, name, windowed) - 1 AS shape FROM point),
shapes AS (
  SELECT run_id, part, shape,
    pg_temp.varint(rank) || '\x01' || pg_temp.varint(octet_length(name)) || convert_to(name, 'UTF8') || CASE WHEN windowed THEN '\x01'::BYTEA ELSE '\x00' END AS head,
    '\x00'::BYTEA || string_agg(float8send(value), '' ORDER BY ordinal) AS vals
  FROM shaped GROUP BY run_id, part, shape, rank, name, windowed),
heads AS (
  SELECT run_id, part, pg_temp.varint(count(*)) || string_agg(head, '' ORDER BY shape) AS head, string_agg(vals, '' ORDER BY shape) AS vals
  FROM shapes GROUP BY run_id, part),
bodies AS (
  SELECT run_id, part, min(ordinal) AS first, count(*) AS points, min(step) AS low_step, max(step) AS high_step,
    pg_temp.varint(count(*)) || string_agg(pg_temp.varint(shape) || '\x01', '' ORDER BY ordinal)
      || '\x02' || string_agg(int8send(step), '' ORDER BY ordinal)
      || '\x02' || string_agg(int8send((extract(epoch FROM at) * 1000)::BIGINT), '' ORDER BY ordinal) AS body
  FROM shaped GROUP BY run_id, part)
SELECT run_id, first, points, low_step, high_step, '\x01'::BYTEA || head || body || vals FROM bodies JOIN heads USING (run_id, part);

INSERT INTO detector_state (run_id, state)
SELECT id, jsonb_set(detector_state, '{series}', (
  SELECT coalesce(jsonb_object_agg(key, coalesce((
    SELECT max(step) FROM metric_point WHERE run_id = run.id AND seq <= run.detected_up_to AND rank || '/' || name = key), -1)), '{}')
  FROM jsonb_array_elements_text(detector_state -> 'series') AS key))
FROM run WHERE detector_state IS NOT NULL;

UPDATE run SET points_up_to = coalesce(counted.points, 0), detected_up_to = coalesce(counted.detected, 0)
FROM run AS old LEFT JOIN (
  SELECT run_id, count(*) AS points, count(*) FILTER (WHERE seq <= run.detected_up_to) AS detected FROM point JOIN run ON run.id = run_id GROUP BY run_id
) AS counted ON counted.run_id = old.id WHERE run.id = old.id;

-- AlterTable
ALTER TABLE "run" DROP COLUMN "detector_state";

-- DropTable
DROP TABLE "metric_point";
