// Rows as earlier versions left them, brought up to date by the migrations, and read by this version. (Points: points-migration.test.ts.)
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { queryWords } from '../../../src/domain/incidents/search-words.ts';
import { presentIncidentRow, readIncident } from '../../../src/flows/read-incidents.ts';
import { hasClaimableCaptures } from '../../../src/platform/db/capture-work.ts';
import { type Database, openDatabase } from '../../../src/platform/db/client.ts';
import { findDueDeliveries, listDeliveries, listDeliveriesOfIncident } from '../../../src/platform/db/deliveries.ts';
import { findEndpoint, presentEndpoint } from '../../../src/platform/db/endpoints.ts';
import { listIncidents } from '../../../src/platform/db/incident-list.ts';
import { applyMigrations } from '../../../src/platform/db/migrate.ts';
import { listProjects } from '../../../src/platform/db/projects.ts';
import { readTestCatalog } from '../../support/catalog.ts';
import { makeDiagnosis } from '../../support/diagnosis.ts';
import { applyMigrationsBefore, migrationsFolder } from '../../support/migrations.ts';
import { createTestDatabase, inShanghai, type TestDatabase } from '../../support/postgres.ts';

const now = new Date('2026-11-26T12:00:00Z');
const view = { catalog: await readTestCatalog(), locale: 'en' as const };
let test: TestDatabase;
let database: Database;

beforeEach(async () => {
  test = await createTestDatabase();
});
afterEach(async () => {
  await database.close();
  await test.drop();
});

/** Fills the database as the version before the migration did, and brings it up to date. The server keeps the time of another zone. */
async function upgrade(migration: string, statements: [sql: string, values?: unknown[]][]): Promise<void> {
  const left = await applyMigrationsBefore(test.url, migration);
  const client = new pg.Client({ connectionString: test.url });
  await client.connect();
  await client.query(inShanghai);
  for (const [sql, values] of statements) await client.query(sql, values);
  await client.end();
  expect(await applyMigrations(test.url, migrationsFolder)).toEqual(left);
  database = openDatabase(test.url);
}

const run = (id: string, project: string): [string, unknown[]] => [
  `INSERT INTO run (id, project, name) VALUES ($1, $2, $1)`,
  [id, project],
];

describe('captures of before there were claims', () => {
  it('are free to be taken when a worker was at them', async () => {
    await upgrade('_capture_claims_and_workers', [
      run('r1', 'vision'),
      [
        `INSERT INTO capture (id, run_id, sha256, key, bytes, shape, status, attempts)
         VALUES ('cap_1', 'r1', 'aa', 'k', 9, '{}', 'running', 1), ('cap_2', 'r1', 'bb', 'l', 9, '{}', 'done', 1)`,
      ],
    ]);
    expect(await hasClaimableCaptures(database.client, now)).toBe(true);
    await database.client.capture.update({ where: { id: 'cap_1' }, data: { status: 'done' } });
    expect(await hasClaimableCaptures(database.client, now)).toBe(false);
  });
});

describe('incidents of before there was a life cycle', () => {
  interface Old {
    state?: string;
    severity?: string;
    class?: string;
    assignee?: string;
    muted?: string;
    resolved?: string;
    into?: string;
  }
  const incident = (id: string, old: Old = {}): [string, unknown[]] => [
    `INSERT INTO incident (id, project, state, class, severity, cause_id, confidence, title, fingerprint, diagnosis, first_seen_at, last_seen_at,
       occurrences, assignee, muted_until, resolved_at, merged_into, updated_at)
     VALUES ($1, 'vision', $2, $3, $4, 'paddle-masked-select-gpu', 0.9, 'A target lies outside its range', $1, $5, $6, $6, 1, $7, $8, $9, $10, $6)`,
    [
      id,
      old.state ?? 'open',
      old.class ?? 'target-out-of-bound',
      old.severity ?? 'critical',
      JSON.stringify(makeDiagnosis({ class: old.class ?? 'target-out-of-bound', fingerprint: id })),
      '2026-11-20T08:00:00Z',
      old.assignee ?? null,
      old.muted ?? null,
      old.resolved ?? null,
      old.into ?? null,
    ],
  ];
  const part = (id: string, runId: string): [string, unknown[]] => [
    `INSERT INTO incident_run (incident_id, run_id, fingerprint, class, diagnosis, evidence, traces, joined_at)
     VALUES ($1, $2, $1, 'target-out-of-bound', $3, '[]', 1, '2026-11-20T08:00:00Z')`,
    [id, runId, JSON.stringify(makeDiagnosis())],
  ];
  const entry = (id: string, kind: string, actor: string, data: object, at: string): [string, unknown[]] => [
    'INSERT INTO timeline_entry (incident_id, at, kind, actor, data) VALUES ($1, $2, $3, $4, $5)',
    [id, at, kind, actor, JSON.stringify(data)],
  ];
  const read = async (id: string) => (await readIncident(database.client, id, view))!;

  it('keep their state, who did what, and what they were merged into; and are found by their words', async () => {
    await upgrade('_incident_life_cycle', [
      run('r1', 'vision'),
      run('r2', 'vision'),
      run('r3', 'robots'),
      [`INSERT INTO token (id, name, role, project, hash) VALUES ('tok_1', 'box', 'ingest', 'ops', 'h')`],
      incident('inc_open', { severity: 'warning', assignee: 'lin' }),
      part('inc_open', 'r1'),
      entry('inc_open', 'opened', 'losswatch', { run: 'r1', class: 'x', cause: null }, '2026-11-20T08:00:00Z'),
      entry('inc_open', 'assigned', 'ann', { from: null, to: 'lin' }, '2026-11-20T09:00:00Z'),
      entry('inc_open', 'muted', 'ann', { until: '2026-11-21T00:00:00.000Z' }, '2026-11-20T10:00:00Z'),
      entry('inc_open', 'muted', 'ann', { until: null }, '2026-11-20T11:00:00Z'),
      incident('inc_muted', { muted: '2026-12-01T00:00:00.123Z' }),
      entry('inc_muted', 'muted', 'ann', { until: '2026-12-01T00:00:00.123Z' }, '2026-11-20T10:00:00Z'),
      incident('inc_fixed', { state: 'resolved', resolved: '2026-11-21T00:00:00Z' }),
      entry('inc_fixed', 'resolved', 'bob', { from: 'open', to: 'resolved' }, '2026-11-21T00:00:00Z'),
      incident('inc_heard', { state: 'resolved', class: 'run-stalled', resolved: '2026-11-21T00:00:00Z' }),
      part('inc_heard', 'r2'),
      entry('inc_heard', 'resolved', 'losswatch', { from: 'open', to: 'resolved' }, '2026-11-21T00:00:00Z'),
      incident('inc_c'),
      incident('inc_b', { into: 'inc_c' }),
      incident('inc_a', { into: 'inc_b' }),
      part('inc_c', 'r1'),
      part('inc_b', 'r3'),
      part('inc_a', 'r3'),
      entry('inc_c', 'merged', 'losswatch', { from: 'inc_b' }, '2026-11-20T10:00:00Z'),
    ]);

    const open = await read('inc_open');
    expect(open).toMatchObject({ state: 'open', severity: 'warning', mute: null, assignee: 'lin', resolved_by: null });
    expect(open.timeline.map(({ kind, reason, text }) => `${kind} ${reason}: ${text}`)).toEqual([
      'opened first-seen: Opened by run r1: x',
      'assigned by-hand: Assigned to lin',
      'muted by-hand: Muted until 2026-11-21T00:00:00.000Z',
      'unmuted by-hand: Unmuted',
    ]);
    const row = await database.client.incident.findUniqueOrThrow({ where: { id: 'inc_open' } });
    expect(row.assigneeSetBy).toBe('ann');

    expect((await read('inc_muted')).mute).toEqual({
      kind: 'until',
      until: '2026-12-01T00:00:00.123Z',
      by: 'ann',
      at: '2026-11-20T10:00:00.000Z',
      limits: null,
    });
    expect(await read('inc_fixed')).toMatchObject({ state: 'resolved', resolved_by: 'bob' });
    const heard = await read('inc_heard');
    expect(heard).toMatchObject({ state: 'resolved', resolved_by: 'losswatch' });
    expect(heard.timeline[0]).toMatchObject({ reason: 'heard-again', text: expect.stringContaining('r2') });

    const merged = await read('inc_a');
    expect(merged).toMatchObject({ id: 'inc_c', merged_from: ['inc_a', 'inc_b'], runs: ['r1', 'r3'] });
    expect(merged.timeline[0]).toMatchObject({ kind: 'merged', reason: 'same-fingerprint' });

    const find = async (q: string) => {
      const query = { sort: '-severity' as const, limit: 10, words: queryWords(q), now };
      return (await listIncidents(database.client, query, (item) => presentIncidentRow(item, view).id)).items;
    };
    expect((await find('')).sort()).toEqual(['inc_c', 'inc_fixed', 'inc_heard', 'inc_muted', 'inc_open']);
    expect((await find('')).at(-1)).toBe('inc_open');
    expect(await find('run-stalled')).toEqual(['inc_heard']);
    expect(await find('r3 masked')).toEqual(['inc_c']);
    const projects = await listProjects(database.client, { limit: 10, project: undefined });
    expect(projects.items.map(({ id }) => id)).toEqual(['ops', 'robots', 'vision']);
  });
});

describe('deliveries of before endpoints had health', () => {
  it('go on under their ids, in the order of their events, and stand with their incidents', async () => {
    const delivery = (id: string, incidentId: string | null, event: string, second: number): [string, unknown[]] => [
      `INSERT INTO delivery (id, endpoint_id, incident_id, event, body, next_attempt_at, created_at) VALUES ($1, 'ep_1', $2, $3, '{}', $4, $4)`,
      [id, incidentId, event, new Date(now.getTime() - 60_000 + second * 1_000)],
    ];
    await upgrade('_endpoint_health_and_message_merging', [
      [
        `INSERT INTO incident (id, standing_id, project, class, severity, severity_rank, confidence, title, fingerprint, diagnosis, first_seen_at,
           last_seen_at, occurrences, updated_at)
         VALUES ('inc_1', 'inc_1', 'vision', 'loss-nan', 'critical', 2, 0.9, 't', 'f', '{}', now(), now(), 1, now())`,
      ],
      [
        `INSERT INTO endpoint (id, url, format, events, filter, secret)
         VALUES ('ep_1', 'https://hooks.example.org/x', 'standard', '{incident.opened,incident.resolved}', '{"project": "vision"}', 'whsec_c2VjcmV0')`,
      ],
      delivery('msg_1', 'inc_1', 'incident.opened', 0),
      delivery('msg_2', 'inc_1', 'incident.resolved', 1),
      delivery('msg_3', 'inc_1', 'incident.regressed', 1),
      delivery('msg_4', null, 'webhook.test', 2),
      // A failed attempt moves a row to another place on the disk.
      [`UPDATE delivery SET attempt_count = 1 WHERE id = 'msg_1'`],
      [`UPDATE delivery SET status = 'delivered', next_attempt_at = NULL WHERE id = 'msg_4'`],
      [
        `INSERT INTO delivery_attempt (delivery_id, at, status, latency_ms, error) VALUES ('msg_1', now(), 500, 3, 'status 500')`,
      ],
    ]);
    const { client } = database;
    expect(presentEndpoint((await findEndpoint(client, 'ep_1'))!)).toMatchObject({
      status: 'enabled',
      settings: {},
      health: { state: 'unproven', failing_since: null },
    });
    const order = await client.delivery.findMany({ orderBy: { seq: 'asc' }, select: { id: true } });
    expect(order.map(({ id }) => id)).toEqual(['msg_1', 'msg_2', 'msg_3', 'msg_4']);
    const due = { before: now, leaseFrom: now, perEndpoint: 10, limit: 10 };
    expect(await findDueDeliveries(client, due)).toEqual([{ id: 'msg_1', turn: 0 }]);
    const told = await listDeliveriesOfIncident(client, 'inc_1', 10);
    expect(told.map(({ id }) => id)).toEqual(['msg_3', 'msg_2', 'msg_1']);
    expect(told.at(-1)?.attempts).toMatchObject([{ status: 500 }]);
    const all = await listDeliveries(client, 'ep_1', { limit: 10 });
    expect(all.items.map(({ incident_id: id }) => id)).toEqual([null, 'inc_1', 'inc_1', 'inc_1']);
    // Numbers go on after those that were given.
    await client.delivery.create({ data: { id: 'msg_5', endpointId: 'ep_1', event: 'webhook.test', body: '{}' } });
    const last = await client.delivery.findFirstOrThrow({ orderBy: { seq: 'desc' } });
    expect(last.id).toBe('msg_5');
  });
});
