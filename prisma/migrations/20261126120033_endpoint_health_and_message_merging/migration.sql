-- DropForeignKey
ALTER TABLE "delivery" DROP CONSTRAINT "delivery_incident_id_fkey";

-- AlterTable
ALTER TABLE "endpoint" ADD COLUMN     "clock_span_from" TIMESTAMPTZ(3),
ADD COLUMN     "clock_started_at" TIMESTAMPTZ(3),
ADD COLUMN     "failing_since" TIMESTAMPTZ(3),
ADD COLUMN     "last_delivered_at" TIMESTAMPTZ(3),
ADD COLUMN     "last_failure" TEXT,
ADD COLUMN     "paused_until" TIMESTAMPTZ(3),
ADD COLUMN     "previous_secrets" JSONB NOT NULL DEFAULT '[]',
ADD COLUMN     "recent_sends" JSONB NOT NULL DEFAULT '[]',
ADD COLUMN     "reported_at" TIMESTAMPTZ(3),
ADD COLUMN     "settings" JSONB NOT NULL DEFAULT '{}',
ALTER COLUMN "secret" DROP NOT NULL;

-- AlterTable
ALTER TABLE "delivery" ADD COLUMN     "alerts" JSONB,
ADD COLUMN     "claimed_at" TIMESTAMPTZ(3),
ADD COLUMN     "held" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "incident_ids" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "merged_into" TEXT,
ADD COLUMN     "seq" BIGSERIAL NOT NULL,
ADD COLUMN     "turn" INTEGER NOT NULL DEFAULT 0;

-- What a delivery told of goes over into the list
UPDATE "delivery" SET "incident_ids" = ARRAY["incident_id"] WHERE "incident_id" IS NOT NULL;
ALTER TABLE "delivery" DROP COLUMN "incident_id";

-- CreateIndex
CREATE UNIQUE INDEX "delivery_seq_key" ON "delivery"("seq");

-- CreateIndex
CREATE INDEX "delivery_endpoint_id_status_seq_idx" ON "delivery"("endpoint_id", "status", "seq");

-- CreateIndex
CREATE INDEX "delivery_incident_ids_idx" ON "delivery" USING GIN ("incident_ids");
