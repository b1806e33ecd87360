-- AlterTable
ALTER TABLE "run" ADD COLUMN     "ongoing_rules" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "incident" ADD COLUMN     "assignee_set_by" TEXT,
ADD COLUMN     "mute" JSONB,
ADD COLUMN     "resolution" JSONB,
ADD COLUMN     "search" tsvector,
ADD COLUMN     "severity_rank" INTEGER,
ADD COLUMN     "standing_id" TEXT;

-- AlterTable
ALTER TABLE "incident_run" ADD COLUMN     "clear_step" BIGINT,
ADD COLUMN     "observed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN     "scope" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "search" tsvector;

-- AlterTable
ALTER TABLE "timeline_entry" ADD COLUMN     "reason" TEXT NOT NULL DEFAULT '';

-- CreateTable
CREATE TABLE "occurrence_volume" (
    "incident_id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "kilostep" BIGINT NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "occurrence_volume_pkey" PRIMARY KEY ("incident_id","run_id","hour","kilostep")
);

-- CreateTable
CREATE TABLE "remediation_feedback" (
    "incident_id" TEXT NOT NULL,
    "remediation_id" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "class" TEXT NOT NULL,
    "cause_id" TEXT NOT NULL,
    "worked" BOOLEAN NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "remediation_feedback_pkey" PRIMARY KEY ("incident_id","remediation_id","actor")
);

-- CreateTable
CREATE TABLE "project" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "ownership" JSONB NOT NULL DEFAULT '[]',
    "detectors" JSONB NOT NULL DEFAULT '{}',
    "retention" JSONB NOT NULL DEFAULT '{}',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "project_pkey" PRIMARY KEY ("id")
);

-- Rows of earlier versions
UPDATE "incident" SET "severity_rank" = CASE "severity" WHEN 'critical' THEN 2 WHEN 'warning' THEN 1 ELSE 0 END,
  "mute" = CASE WHEN "muted_until" IS NOT NULL THEN jsonb_build_object('kind', 'until', 'by', 'losswatch', 'at', to_jsonb("muted_until"), 'until', to_jsonb("muted_until")) END,
  "resolution" = CASE WHEN "resolved_at" IS NOT NULL THEN jsonb_build_object('at', to_jsonb("resolved_at"), 'by', 'losswatch', 'reason', 'by-hand', 'scopes', '[]'::jsonb) END;
WITH RECURSIVE "merged" AS (
  SELECT "id", "id" AS "standing" FROM "incident" WHERE "merged_into" IS NULL
  UNION ALL SELECT i."id", m."standing" FROM "incident" i JOIN "merged" m ON i."merged_into" = m."id")
UPDATE "incident" i SET "standing_id" = m."standing" FROM "merged" m WHERE m."id" = i."id";
UPDATE "incident" SET "standing_id" = "id" WHERE "standing_id" IS NULL;
ALTER TABLE "incident" ALTER COLUMN "severity_rank" SET NOT NULL, ALTER COLUMN "standing_id" SET NOT NULL;
INSERT INTO "project" ("id", "name") SELECT DISTINCT "project", "project" FROM "run" UNION SELECT DISTINCT "project", "project" FROM "token" WHERE "project" IS NOT NULL;

-- CreateIndex
CREATE INDEX "occurrence_volume_hour_idx" ON "occurrence_volume"("hour");

-- CreateIndex
CREATE INDEX "remediation_feedback_class_cause_id_idx" ON "remediation_feedback"("class", "cause_id");

-- CreateIndex
CREATE INDEX "incident_standing_id_idx" ON "incident"("standing_id");

-- CreateIndex
CREATE INDEX "incident_class_cause_id_idx" ON "incident"("class", "cause_id");

-- CreateIndex
CREATE INDEX "incident_muted_until_idx" ON "incident"("muted_until");

-- CreateIndex
CREATE INDEX "incident_search_idx" ON "incident" USING GIN ("search");

-- CreateIndex
CREATE INDEX "incident_run_search_idx" ON "incident_run" USING GIN ("search");

-- AddForeignKey
ALTER TABLE "occurrence_volume" ADD CONSTRAINT "occurrence_volume_incident_id_fkey" FOREIGN KEY ("incident_id") REFERENCES "incident"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "remediation_feedback" ADD CONSTRAINT "remediation_feedback_incident_id_fkey" FOREIGN KEY ("incident_id") REFERENCES "incident"("id") ON DELETE CASCADE ON UPDATE CASCADE;
