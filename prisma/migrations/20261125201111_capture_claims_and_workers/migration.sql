-- AlterTable
ALTER TABLE "capture" ADD COLUMN     "claimed_at" TIMESTAMPTZ(3),
ADD COLUMN     "retry_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "worker" (
    "id" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "pid" INTEGER NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,
    "dfl" JSONB NOT NULL,

    CONSTRAINT "worker_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "worker_seen_at_idx" ON "worker"("seen_at" DESC);

-- CreateIndex
CREATE INDEX "capture_retry_at_idx" ON "capture"("retry_at");

-- Captures that the version before was working on have no claim: they are free.
UPDATE "capture" SET "claimed_at" = 'epoch' WHERE "status" = 'running';
