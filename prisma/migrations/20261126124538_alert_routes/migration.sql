-- CreateTable
CREATE TABLE "alert_route" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "matchers" JSONB NOT NULL,
    "endpoints" TEXT[],
    "group_by" TEXT[],
    "group_wait_s" INTEGER NOT NULL,
    "group_interval_s" INTEGER NOT NULL,
    "repeat_interval_s" INTEGER,
    "continues" BOOLEAN NOT NULL,
    "digest" JSONB,
    "quiet_hours" JSONB,
    "escalate" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "alert_route_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "silence" (
    "id" TEXT NOT NULL,
    "matchers" JSONB NOT NULL,
    "author" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "project" TEXT,

    CONSTRAINT "silence_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "maintenance_window" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "matchers" JSONB NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "repeat" JSONB,

    CONSTRAINT "maintenance_window_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "alert_group" (
    "id" TEXT NOT NULL,
    "route_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "labels" JSONB NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "notified_at" TIMESTAMPTZ(3),

    CONSTRAINT "alert_group_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "alert_member" (
    "route_id" TEXT NOT NULL,
    "incident_id" TEXT NOT NULL,
    "group_id" TEXT NOT NULL,
    "pending" JSONB NOT NULL DEFAULT '[]',
    "told_state" TEXT,
    "told_severity" TEXT,
    "told_at" TIMESTAMPTZ(3),
    "open_told_at" TIMESTAMPTZ(3),
    "escalated_at" TIMESTAMPTZ(3),
    "held_by" TEXT,

    CONSTRAINT "alert_member_pkey" PRIMARY KEY ("route_id","incident_id")
);

-- CreateTable
CREATE TABLE "alert_decision" (
    "id" BIGSERIAL NOT NULL,
    "incident_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "event" TEXT NOT NULL,
    "stage" TEXT NOT NULL,
    "decision" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "endpoint_id" TEXT,
    "route_id" TEXT,

    CONSTRAINT "alert_decision_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "alert_route_position_id_idx" ON "alert_route"("position", "id");

-- CreateIndex
CREATE INDEX "silence_ends_at_idx" ON "silence"("ends_at");

-- CreateIndex
CREATE INDEX "alert_group_due_at_idx" ON "alert_group"("due_at");

-- CreateIndex
CREATE UNIQUE INDEX "alert_group_route_id_key_key" ON "alert_group"("route_id", "key");

-- CreateIndex
CREATE INDEX "alert_member_group_id_idx" ON "alert_member"("group_id");

-- CreateIndex
CREATE INDEX "alert_member_incident_id_idx" ON "alert_member"("incident_id");

-- CreateIndex
CREATE INDEX "alert_decision_incident_id_id_idx" ON "alert_decision"("incident_id", "id");

-- CreateIndex
CREATE INDEX "alert_decision_at_idx" ON "alert_decision"("at");

-- AddForeignKey
ALTER TABLE "alert_member" ADD CONSTRAINT "alert_member_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "alert_group"("id") ON DELETE CASCADE ON UPDATE CASCADE;
