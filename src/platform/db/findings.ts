// Findings: the same fact found twice is one row, so every handler may run twice.
import type { Severity } from '../../contracts/common.ts';
import type { Finding, ObservationKind } from '../../contracts/findings.ts';
import type { Tx } from './client.ts';
import { Prisma } from './generated/client.ts';
import { decodeCursor, toPage } from './page.ts';

/** What makes a finding of a run the same fact. A run may stall twice at one step: its silences differ in their beginnings. */
export function findingKey({ id, ref, step, data }: Finding): string {
  const silence = data.silent_since === undefined ? '' : `/${data.silent_since}`;
  return `${id}/${ref}/${step ?? '-'}${silence}`;
}

/** Stores findings of a run; answers how many were new. */
export async function insertFindings(tx: Tx, runId: string, findings: Finding[], now: Date): Promise<number> {
  if (findings.length === 0) return 0;
  const { count } = await tx.finding.createMany({
    skipDuplicates: true,
    data: findings.map((finding) => ({
      runId,
      key: findingKey(finding),
      rule: finding.id,
      version: finding.version,
      severity: finding.severity,
      kind: finding.kind,
      ref: finding.ref,
      step: finding.step === null ? null : BigInt(finding.step),
      rank: finding.rank,
      data: finding.data,
      createdAt: now,
    })),
  });
  return count;
}

export interface StoredFinding {
  finding: Finding;
  at: Date;
}

/** The findings of a run in the order in which they were made. */
export async function listFindings(
  tx: Tx,
  runId: string,
  page: { kind?: ObservationKind | undefined; cursor?: string | undefined; limit: number },
) {
  const after = decodeCursor(page.cursor, 1)?.[0];
  const rows = await tx.finding.findMany({
    where: {
      runId,
      ...(page.kind === undefined ? {} : { kind: page.kind }),
      ...(typeof after === 'number' ? { id: { gt: BigInt(Math.trunc(after)) } } : {}),
    },
    orderBy: { id: 'asc' },
    take: page.limit + 1,
  });
  const present = (row: (typeof rows)[number]): StoredFinding => ({ finding: toFinding(row), at: row.createdAt });
  return toPage(rows, page.limit, present, (row) => [Number(row.id)]);
}

interface FindingRow {
  rule: string;
  version: number;
  severity: string;
  kind: string;
  ref: string;
  step: bigint | null;
  rank: number | null;
  data: unknown;
}

function toFinding(row: FindingRow): Finding {
  return {
    id: row.rule,
    version: row.version,
    severity: row.severity as Severity,
    kind: row.kind as ObservationKind,
    ref: row.ref,
    step: row.step === null ? null : Number(row.step),
    rank: row.rank,
    data: row.data as Finding['data'],
  };
}

/** Inserts findings of runs that are among the `id`s of the query `held`; those that a run has already are left as they are. */
export function storeFindings(
  findings: readonly { runId: string; finding: Finding }[],
  now: Date,
  held: Prisma.Sql,
): Prisma.Sql {
  const rows = findings.map(({ runId, finding }) => ({ ...finding, run_id: runId, key: findingKey(finding) }));
  return Prisma.sql`
    INSERT INTO finding (run_id, key, rule, version, severity, kind, ref, step, rank, data, created_at)
    SELECT run_id, key, f.id, version, severity, kind, ref, step, rank, data, ${now.toISOString()}::timestamptz
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) AS f(
      id text, run_id text, key text, version int, severity text, kind text, ref text, step bigint, rank int, data jsonb)
      JOIN ${held} AS held ON held.id = run_id
    ON CONFLICT (run_id, key) DO NOTHING`;
}

/** How often a rule fired in a run, and over which steps. */
export interface RuleCount {
  rule: string;
  kind: ObservationKind;
  /** Distinct captures, or the most onsets of one metric. */
  occurrences: number;
  firstStep: number | null;
  lastStep: number | null;
  /** When the latest of its observations arrived, of metrics when it was looked at; null when that is not told. */
  lastAt: Date | null;
}

/** The first and last five findings of every rule of a run (a run may have very many), with the counts of all. */
export async function readFindings(tx: Tx, runId: string): Promise<{ findings: Finding[]; counts: RuleCount[] }> {
  const rows = await tx.$queryRaw<FindingRow[]>`
    SELECT rule, version, severity, kind, ref, step, rank, data FROM (
      SELECT *, row_number() OVER (PARTITION BY rule ORDER BY id) AS from_start, row_number() OVER (PARTITION BY rule ORDER BY id DESC) AS from_end
      FROM finding WHERE run_id = ${runId}) f
    WHERE from_start <= 5 OR from_end <= 5 ORDER BY id`;
  const counts = await tx.$queryRaw<
    {
      rule: string;
      kind: string;
      occurrences: number;
      first_step: bigint | null;
      last_step: bigint | null;
      last_at: Date;
    }[]
  >`
    SELECT rule, kind, CASE WHEN kind = 'capture' THEN count(*) ELSE max(per_ref) END::int AS occurrences, min(first_step) AS first_step,
      max(last_step) AS last_step, max(last_at) AS last_at
    FROM (SELECT f.rule, f.kind, f.ref, count(*) AS per_ref, min(f.step) AS first_step, max(f.step) AS last_step,
        max(COALESCE(c.received_at, f.created_at)) AS last_at
      FROM finding f LEFT JOIN capture c ON f.kind = 'capture' AND c.id = f.ref WHERE f.run_id = ${runId} GROUP BY f.rule, f.kind, f.ref) g
    GROUP BY rule, kind`;
  return {
    findings: rows.map(toFinding),
    counts: counts.map((row) => ({
      rule: row.rule,
      kind: row.kind as ObservationKind,
      occurrences: row.occurrences,
      firstStep: row.first_step === null ? null : Number(row.first_step),
      lastStep: row.last_step === null ? null : Number(row.last_step),
      lastAt: row.last_at,
    })),
  };
}
