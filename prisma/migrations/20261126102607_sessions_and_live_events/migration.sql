-- CreateTable
CREATE TABLE "session" (
    "hash" TEXT NOT NULL,
    "token_id" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "session_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "live_event" (
    "id" BIGSERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "project" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "live_event_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "session_token_id_created_at_idx" ON "session"("token_id", "created_at");

-- CreateIndex
CREATE INDEX "session_expires_at_idx" ON "session"("expires_at");

-- CreateIndex
CREATE INDEX "live_event_at_idx" ON "live_event"("at");

-- The feed of GET /v1/events. Triggers write it, so that no way of changing a row can forget to. They run when the transaction commits
-- (DEFERRED) and take one lock until it has, so that ids grow in the order of the commits and a reader's cursor skips nothing.
CREATE FUNCTION losswatch_announce(kind TEXT, project TEXT, data JSONB) RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('losswatch-live-events', 0));
  INSERT INTO live_event (kind, project, data) VALUES (kind, project, data);
  PERFORM pg_notify('losswatch_live', '');
END $$;

CREATE FUNCTION losswatch_announce_incident() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
  change TEXT := CASE
    WHEN TG_OP = 'INSERT' THEN 'opened'
    WHEN NEW.merged_into IS NOT NULL AND OLD.merged_into IS NULL THEN 'merged'
    WHEN NEW.state = 'open' AND OLD.state = 'resolved' AND NEW.regressed THEN 'regressed'
    WHEN NEW.state <> OLD.state THEN CASE NEW.state WHEN 'open' THEN 'reopened' ELSE NEW.state END
    ELSE 'updated' END;
BEGIN
  PERFORM losswatch_announce('incident', NEW.project, jsonb_build_object(
    'id', NEW.id, 'project', NEW.project, 'state', NEW.state, 'class', NEW.class, 'severity', NEW.severity, 'change', change));
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER incident_announced AFTER INSERT OR UPDATE ON incident
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION losswatch_announce_incident();

-- Points arrive by the thousand: a run is announced when it begins, changes its status or name, and when its new points were looked at.
CREATE FUNCTION losswatch_announce_run() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  PERFORM losswatch_announce('run', NEW.project, jsonb_build_object(
    'id', NEW.id, 'project', NEW.project, 'status', NEW.status, 'last_step', NEW.last_step));
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER run_begun AFTER INSERT ON run
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION losswatch_announce_run();
CREATE CONSTRAINT TRIGGER run_announced AFTER UPDATE OF status, name, detected_up_to ON run
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.status <> NEW.status OR OLD.name <> NEW.name OR OLD.detected_up_to <> NEW.detected_up_to)
  EXECUTE FUNCTION losswatch_announce_run();

CREATE FUNCTION losswatch_announce_capture() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  PERFORM losswatch_announce('capture', (SELECT project FROM run WHERE id = NEW.run_id), jsonb_build_object(
    'id', NEW.id, 'run_id', NEW.run_id, 'status', NEW.status));
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER capture_announced AFTER UPDATE OF status ON capture
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status IN ('done', 'failed') AND OLD.status <> NEW.status)
  EXECUTE FUNCTION losswatch_announce_capture();
