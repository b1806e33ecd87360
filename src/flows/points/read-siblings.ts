// Looks up how a run's siblings went (domain/detectors/siblings.ts), once, before its first points are watched.
import { isTotalLoss } from '../../domain/detectors/metric-names.ts';
import { areSiblings, curveOf, maxSiblings, type Siblings } from '../../domain/detectors/siblings.ts';
import { readFinishedRuns } from '../../platform/db/siblings.ts';
import type { Query } from '../../platform/db/statements.ts';
import { readSeries } from './read-series.ts';

/** Finished runs whose config is looked at, and points of a curve that are read. */
const maxRuns = 50;
const maxPoints = 2_000;

/** @param query reads from one state of the database */
export async function readSiblings(query: Query, run: { id: string; config: unknown }): Promise<Siblings> {
  if (run.config === null) return {};
  const finished = await readFinishedRuns(query, run.id, maxRuns);
  const siblings: Siblings = {};
  for (const other of finished.filter(({ config }) => areSiblings(run.config, config)).slice(0, maxSiblings)) {
    const names = other.names.filter(isTotalLoss);
    if (names.length === 0) continue;
    for (const { name, steps, values } of await readSeries(query, other.id, {
      names,
      rank: 0,
      from: null,
      to: null,
      maxPoints,
    })) {
      const curve = curveOf(other.id, steps, values.map(Number));
      if (curve) siblings[name] = [...(siblings[name] ?? []), curve];
    }
  }
  return siblings;
}
