-- AlterTable
ALTER TABLE "log_source" ADD COLUMN     "unparsed" BIGINT NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "log_chunk" ADD COLUMN     "unparsed" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "unparsed_lines" BYTEA;

-- CreateIndex
CREATE INDEX "log_chunk_run_id_id_idx" ON "log_chunk"("run_id", "id");
