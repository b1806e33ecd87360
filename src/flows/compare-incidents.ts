// An incident beside others like it, and its run beside one that went well.
import type { IncidentComparison, SimilarIncidents } from '../contracts/comparison.ts';
import { type ComparableRun, compareRuns } from '../domain/comparison/compare-runs.ts';
import { findDivergence, metricToCompare, type PairedPoint } from '../domain/comparison/find-divergence.ts';
import { toJsonNumber } from '../domain/detectors/json-number.ts';
import type { IncidentRecord } from '../domain/incidents/types.ts';
import type { Tx } from '../platform/db/client.ts';
import { readRunsOf } from '../platform/db/incident-parts.ts';
import { findRun, type RunRow } from '../platform/db/runs.ts';
import { findLastGoodRun, findSimilar, readFeedbackOf } from '../platform/db/similar-incidents.ts';
import type { Query } from '../platform/db/statements.ts';
import { loadParts } from './incident-records.ts';
import { readSeries } from './points/read-series.ts';
import { presentIncidentRow, type ReaderView } from './read-incidents.ts';

/** Points of a series that are compared; of longer ones first, last and extremes of stretches, where both runs have them. */
const comparedPoints = 100_000;
/** For the names alone. */
const fewestPoints = 10;

/** `project` null: of every project. */
export async function listSimilar(
  tx: Tx,
  record: IncidentRecord,
  project: string | null,
  view: ReaderView,
): Promise<SimilarIncidents> {
  const { diagnosis } = record;
  const causeId = diagnosis.causes[0]?.id ?? null;
  const rows = await findSimilar(tx, { id: record.id, class: diagnosis.class, causeId }, project);
  const ids = rows.map(({ id }) => id);
  const runs = await readRunsOf(tx, ids);
  const said = await readFeedbackOf(tx, ids);
  const remedies = view.catalog.failures.get(diagnosis.class)?.knowledge.remediations ?? [];
  return {
    items: rows.map((row) => {
      const {
        id,
        title,
        cause,
        state,
        project: owner,
        last_seen_at,
        resolved_by,
        ...shown
      } = presentIncidentRow({ ...row, runIds: runs.get(row.id) ?? [] }, view);
      return {
        ...{ id, title, class: shown.class, cause, state, project: owner, runs: shown.runs, last_seen_at, resolved_by },
        same: causeId !== null && row.causeId === causeId ? 'cause' : 'class',
        fixed_by: said
          .filter(({ incidentId }) => incidentId === id)
          .map(({ remediationId, worked, failed }) => ({
            remediation_id: remediationId,
            title: remedies.find((remedy) => remedy.id === remediationId)?.title[view.locale] ?? remediationId,
            worked,
            failed,
          })),
      };
    }),
  };
}

/** A run of the incident (`runId`, or the latest to join) against the project's last good run. Null when the run is not the incident's. */
export async function compareWithGood(
  tx: Tx,
  query: Query,
  record: IncidentRecord,
  runId: string | undefined,
): Promise<IncidentComparison | null> {
  const runs = (await loadParts(tx, record.id)).map((part) => part.runId);
  const id = runId ?? runs.at(-1);
  if (runId !== undefined && !runs.includes(runId)) return null;
  const run = id === undefined ? null : await findRun(tx, id);
  const goodId = run && (await findLastGoodRun(tx, run));
  const good = goodId && (await findRun(tx, goodId));
  if (!run || !good) return { run: run?.id ?? null, last_good_run: null, differences: [], divergence: null };
  return {
    run: run.id,
    last_good_run: good.id,
    differences: compareRuns(toComparable(run), toComparable(good)),
    divergence: await divergenceOf(query, record, run.id, good.id),
  };
}

async function divergenceOf(
  query: Query,
  { diagnosis }: IncidentRecord,
  run: string,
  good: string,
): Promise<IncidentComparison['divergence']> {
  const [own, others] = [await readNames(query, run), await readNames(query, good)];
  const common = own.filter(({ name, rank }) => others.some((other) => other.name === name && other.rank === rank));
  const { metric } = diagnosis.facts;
  const names = [...new Set(common.map(({ name }) => name))];
  const name = metricToCompare(names, typeof metric === 'string' ? metric : null);
  const rank = common.find((series) => series.name === name)?.rank;
  if (name === null || rank === undefined) return null;
  const found = findDivergence(
    pairUp(await readValues(query, run, name, rank), await readValues(query, good, name, rank)),
  );
  return found && { name, step: found.step, run_value: toJsonNumber(found.run), good_value: toJsonNumber(found.good) };
}

/** Names and ranks of a run's series, the lowest rank of a name first. */
async function readNames(query: Query, runId: string): Promise<{ name: string; rank: number }[]> {
  return readSeries(query, runId, { names: null, rank: null, from: null, to: null, maxPoints: fewestPoints });
}

async function readValues(query: Query, runId: string, name: string, rank: number): Promise<Map<number, number>> {
  const filter = { names: [name], rank, from: null, to: null, maxPoints: comparedPoints };
  const [series] = await readSeries(query, runId, filter);
  return new Map(series?.steps.map((step, index) => [step, Number(series.values[index])]));
}

function pairUp(run: Map<number, number>, good: Map<number, number>): PairedPoint[] {
  return [...run].flatMap(([step, value]) => {
    const other = good.get(step);
    return other === undefined ? [] : [{ step, run: value, good: other }];
  });
}

function toComparable(row: RunRow): ComparableRun {
  return {
    framework: row.framework as ComparableRun['framework'],
    device: row.device,
    environment: row.environment as ComparableRun['environment'],
    config: row.config as ComparableRun['config'],
    worldSize: row.worldSize,
  };
}
