-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "token" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "project" TEXT,
    "hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_key" (
    "scope" TEXT NOT NULL,
    "body_hash" TEXT NOT NULL,
    "status" INTEGER NOT NULL,
    "answer" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_key_pkey" PRIMARY KEY ("scope")
);

-- CreateTable
CREATE TABLE "run" (
    "id" TEXT NOT NULL,
    "project" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'running',
    "framework" JSONB,
    "device" TEXT,
    "environment" JSONB,
    "config" JSONB,
    "tags" JSONB,
    "world_size" INTEGER,
    "last_step" BIGINT,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "phase" TEXT,
    "expect_next_at" TIMESTAMPTZ(3),
    "detector_state" JSONB,
    "points_up_to" BIGINT NOT NULL DEFAULT 0,
    "detected_up_to" BIGINT NOT NULL DEFAULT 0,
    "revision" INTEGER NOT NULL DEFAULT 0,
    "diagnosed_revision" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "log_source" (
    "run_id" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "state" JSONB NOT NULL,
    "lines" BIGINT NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "log_source_pkey" PRIMARY KEY ("run_id","source")
);

-- CreateTable
CREATE TABLE "log_chunk" (
    "id" BIGSERIAL NOT NULL,
    "run_id" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "first_line" BIGINT NOT NULL,
    "text" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "log_chunk_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "trace" (
    "id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "origin" TEXT NOT NULL,
    "source" TEXT,
    "signature" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "step" BIGINT,
    "rank" INTEGER,
    "host" TEXT,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "trace_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "capture" (
    "id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "step" BIGINT,
    "rank" INTEGER NOT NULL DEFAULT 0,
    "sha256" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "shape" JSONB NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'queued',
    "error" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "analysis" JSONB,
    "selection_checked" BOOLEAN NOT NULL DEFAULT false,
    "mismatched_rows" INTEGER NOT NULL DEFAULT 0,
    "below_range" INTEGER NOT NULL DEFAULT 0,
    "above_range" INTEGER NOT NULL DEFAULT 0,
    "non_finite_targets" INTEGER NOT NULL DEFAULT 0,
    "non_finite_logits" INTEGER NOT NULL DEFAULT 0,
    "target_min" DOUBLE PRECISION,
    "target_max" DOUBLE PRECISION,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "analysed_at" TIMESTAMPTZ(3),
    "tensors_removed_at" TIMESTAMPTZ(3),

    CONSTRAINT "capture_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "finding" (
    "id" BIGSERIAL NOT NULL,
    "run_id" TEXT NOT NULL,
    "rule" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "severity" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "ref" TEXT NOT NULL,
    "step" BIGINT,
    "rank" INTEGER,
    "data" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "key" TEXT NOT NULL,

    CONSTRAINT "finding_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "incident" (
    "id" TEXT NOT NULL,
    "project" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'open',
    "regressed" BOOLEAN NOT NULL DEFAULT false,
    "class" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "severity_set_by" TEXT,
    "cause_id" TEXT,
    "confidence" DOUBLE PRECISION NOT NULL,
    "title" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "diagnosis" JSONB NOT NULL,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "first_step" BIGINT,
    "last_step" BIGINT,
    "occurrences" INTEGER NOT NULL,
    "assignee" TEXT,
    "muted_until" TIMESTAMPTZ(3),
    "resolved_at" TIMESTAMPTZ(3),
    "merged_into" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "incident_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "incident_run" (
    "incident_id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "class" TEXT NOT NULL,
    "diagnosis" JSONB NOT NULL,
    "evidence" JSONB NOT NULL,
    "captures" INTEGER NOT NULL DEFAULT 0,
    "metrics" INTEGER NOT NULL DEFAULT 0,
    "traces" INTEGER NOT NULL DEFAULT 0,
    "first_step" BIGINT,
    "last_step" BIGINT,
    "joined_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "incident_run_pkey" PRIMARY KEY ("incident_id","run_id")
);

-- CreateTable
CREATE TABLE "incident_fingerprint" (
    "project" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "incident_id" TEXT NOT NULL,

    CONSTRAINT "incident_fingerprint_pkey" PRIMARY KEY ("project","fingerprint")
);

-- CreateTable
CREATE TABLE "timeline_entry" (
    "id" BIGSERIAL NOT NULL,
    "incident_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "kind" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "data" JSONB NOT NULL,

    CONSTRAINT "timeline_entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "endpoint" (
    "id" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "events" TEXT[],
    "filter" JSONB NOT NULL,
    "locale" TEXT NOT NULL DEFAULT 'en',
    "secret" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'enabled',
    "disabled_reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "endpoint_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "delivery" (
    "id" TEXT NOT NULL,
    "endpoint_id" TEXT NOT NULL,
    "incident_id" TEXT,
    "event" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "attempt_count" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "delivery_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "delivery_attempt" (
    "id" BIGSERIAL NOT NULL,
    "delivery_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "status" INTEGER,
    "latency_ms" INTEGER NOT NULL,
    "error" TEXT,
    "answer" TEXT,

    CONSTRAINT "delivery_attempt_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "metric_point" (
    "seq" BIGSERIAL NOT NULL,
    "run_id" TEXT NOT NULL,
    "rank" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "step" BIGINT NOT NULL,
    "value" DOUBLE PRECISION NOT NULL,
    "windowed" BOOLEAN NOT NULL DEFAULT false,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "metric_point_pkey" PRIMARY KEY ("run_id","name","rank","step")
);

-- CreateIndex
CREATE UNIQUE INDEX "token_hash_key" ON "token"("hash");

-- CreateIndex
CREATE INDEX "idempotency_key_created_at_idx" ON "idempotency_key"("created_at");

-- CreateIndex
CREATE INDEX "run_project_last_seen_at_idx" ON "run"("project", "last_seen_at" DESC);

-- CreateIndex
CREATE INDEX "log_chunk_run_id_source_id_idx" ON "log_chunk"("run_id", "source", "id");

-- CreateIndex
CREATE INDEX "trace_run_id_received_at_idx" ON "trace"("run_id", "received_at");

-- CreateIndex
CREATE INDEX "trace_run_id_signature_idx" ON "trace"("run_id", "signature");

-- CreateIndex
CREATE INDEX "capture_run_id_received_at_idx" ON "capture"("run_id", "received_at");

-- CreateIndex
CREATE INDEX "capture_status_received_at_idx" ON "capture"("status", "received_at");

-- CreateIndex
CREATE INDEX "capture_sha256_idx" ON "capture"("sha256");

-- CreateIndex
CREATE UNIQUE INDEX "capture_run_id_key_key" ON "capture"("run_id", "key");

-- CreateIndex
CREATE INDEX "finding_run_id_rule_id_idx" ON "finding"("run_id", "rule", "id");

-- CreateIndex
CREATE UNIQUE INDEX "finding_run_id_key_key" ON "finding"("run_id", "key");

-- CreateIndex
CREATE INDEX "incident_project_fingerprint_idx" ON "incident"("project", "fingerprint");

-- CreateIndex
CREATE INDEX "incident_project_state_last_seen_at_idx" ON "incident"("project", "state", "last_seen_at" DESC);

-- CreateIndex
CREATE INDEX "incident_last_seen_at_id_idx" ON "incident"("last_seen_at" DESC, "id");

-- CreateIndex
CREATE INDEX "incident_run_run_id_idx" ON "incident_run"("run_id");

-- CreateIndex
CREATE INDEX "timeline_entry_incident_id_id_idx" ON "timeline_entry"("incident_id", "id");

-- CreateIndex
CREATE INDEX "delivery_endpoint_id_created_at_idx" ON "delivery"("endpoint_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "delivery_status_next_attempt_at_idx" ON "delivery"("status", "next_attempt_at");

-- CreateIndex
CREATE INDEX "delivery_attempt_delivery_id_id_idx" ON "delivery_attempt"("delivery_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "metric_point_seq_key" ON "metric_point"("seq");

-- CreateIndex
CREATE INDEX "metric_point_run_id_seq_idx" ON "metric_point"("run_id", "seq");

-- AddForeignKey
ALTER TABLE "log_source" ADD CONSTRAINT "log_source_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "trace" ADD CONSTRAINT "trace_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "capture" ADD CONSTRAINT "capture_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "finding" ADD CONSTRAINT "finding_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "incident_run" ADD CONSTRAINT "incident_run_incident_id_fkey" FOREIGN KEY ("incident_id") REFERENCES "incident"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "incident_run" ADD CONSTRAINT "incident_run_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "timeline_entry" ADD CONSTRAINT "timeline_entry_incident_id_fkey" FOREIGN KEY ("incident_id") REFERENCES "incident"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "delivery" ADD CONSTRAINT "delivery_endpoint_id_fkey" FOREIGN KEY ("endpoint_id") REFERENCES "endpoint"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "delivery" ADD CONSTRAINT "delivery_incident_id_fkey" FOREIGN KEY ("incident_id") REFERENCES "incident"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "delivery_attempt" ADD CONSTRAINT "delivery_attempt_delivery_id_fkey" FOREIGN KEY ("delivery_id") REFERENCES "delivery"("id") ON DELETE CASCADE ON UPDATE CASCADE;
