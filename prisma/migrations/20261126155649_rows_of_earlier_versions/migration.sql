-- What the migrations before this one left open in rows of earlier versions.
SET CONSTRAINTS ALL IMMEDIATE;

-- Entries of the timeline without a reason are of before there were any. Ending a mute was a "muted" without a time.
UPDATE "timeline_entry" SET "kind" = 'unmuted' WHERE "reason" = '' AND "kind" = 'muted' AND "data" ->> 'until' IS NULL;

-- Who muted, assigned and resolved, and when, stands in the timeline.
CREATE TEMPORARY TABLE "last_entry" ON COMMIT DROP AS
  SELECT DISTINCT ON ("incident_id", "kind") "incident_id", "kind", "actor", "at", "reason" FROM "timeline_entry"
  WHERE "kind" IN ('muted', 'assigned', 'resolved') ORDER BY "incident_id", "kind", "id" DESC;
DELETE FROM "last_entry" WHERE "reason" <> '';
UPDATE "incident" i SET "mute" = i."mute" || jsonb_build_object('by', e."actor", 'at', to_jsonb(e."at")) FROM "last_entry" e
  WHERE e."incident_id" = i."id" AND e."kind" = 'muted' AND i."mute" IS NOT NULL;
UPDATE "incident" i SET "assignee_set_by" = e."actor" FROM "last_entry" e
  WHERE e."incident_id" = i."id" AND e."kind" = 'assigned' AND i."assignee" IS NOT NULL AND i."assignee_set_by" IS NULL;
UPDATE "incident" i SET "resolution" = i."resolution" || jsonb_build_object('by', e."actor",
  'reason', CASE e."actor" WHEN 'losswatch' THEN 'heard-again' ELSE 'by-hand' END) FROM "last_entry" e
  WHERE e."incident_id" = i."id" AND e."kind" = 'resolved' AND i."resolution" IS NOT NULL;

-- Only silent runs that were heard of again were resolved without a person.
UPDATE "timeline_entry" t SET "data" = t."data" || jsonb_build_object('runs',
  (SELECT coalesce(jsonb_agg(ir."run_id" ORDER BY ir."joined_at", ir."run_id"), '[]') FROM "incident_run" ir WHERE ir."incident_id" = t."incident_id"))
  WHERE t."reason" = '' AND t."kind" = 'resolved' AND t."actor" = 'losswatch';
UPDATE "timeline_entry" SET "reason" = CASE "kind"
  WHEN 'opened' THEN 'first-seen' WHEN 'regressed' THEN 'seen-again' WHEN 'refined' THEN 'new-evidence'
  WHEN 'severity-raised' THEN 'worse-evidence' WHEN 'run-joined' THEN 'same-fingerprint' WHEN 'merged' THEN 'same-fingerprint'
  WHEN 'run-left' THEN 'told-apart'
  ELSE CASE WHEN "kind" = 'resolved' AND "actor" = 'losswatch' THEN 'heard-again' ELSE 'by-hand' END END
  WHERE "reason" = '';

-- Until an incident changes, and its words are cut as src/domain/incidents/search-words.ts does it, it is found by its Latin ones.
UPDATE "incident" SET "search" = to_tsvector('simple', regexp_replace(concat_ws(' ', "id", "class", "cause_id", "title",
  "diagnosis" #>> '{exception,type}', left("diagnosis" #>> '{exception,message}', 20000)), '[^[:alnum:]]+', ' ', 'g')) WHERE "search" IS NULL;
UPDATE "incident_run" ir SET "search" = to_tsvector('simple', regexp_replace(concat_ws(' ', ir."run_id", r."name", (
  SELECT string_agg(left(t."text", 20000), ' ') FROM (SELECT "text" FROM "trace" WHERE "run_id" = r."id" ORDER BY "id" LIMIT 10) t)), '[^[:alnum:]]+', ' ', 'g'))
  FROM "run" r WHERE r."id" = ir."run_id" AND ir."search" IS NULL;

-- Deliveries that were there when they got numbers got them in the order of the disk: they get the same numbers in the order of their events.
CREATE TEMPORARY TABLE "numbered" ON COMMIT DROP AS
  SELECT "id", "seq", row_number() OVER (ORDER BY "created_at", "id") AS "place", row_number() OVER (ORDER BY "seq") AS "number" FROM "delivery"
  WHERE "created_at" < (SELECT "finished_at" FROM "_prisma_migrations"
    WHERE "migration_name" = '20261126120033_endpoint_health_and_message_merging' AND "finished_at" IS NOT NULL AND "rolled_back_at" IS NULL);
DROP INDEX "delivery_seq_key";
UPDATE "delivery" d SET "seq" = n."seq" FROM "numbered" o JOIN "numbered" n ON n."number" = o."place" WHERE d."id" = o."id" AND d."seq" <> n."seq";
CREATE UNIQUE INDEX "delivery_seq_key" ON "delivery"("seq");
