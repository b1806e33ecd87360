// Replays a run's stored points through the detectors with other options. Nothing is stored.
import type { Catalog } from '../contracts/catalog.ts';
import type { DetectorOptions, DryRunAnswer } from '../contracts/detectors.ts';
import type { Finding } from '../contracts/findings.ts';
import { detect, initialDetectorState } from '../domain/detectors/detect.ts';
import { detectorContext } from '../domain/detectors/options.ts';
import type { Siblings } from '../domain/detectors/siblings.ts';
import { inhibit } from '../domain/diagnosis/inhibit.ts';
import { triggeredClasses } from '../domain/diagnosis/triggered-classes.ts';
import { readStoredSiblings } from '../platform/db/siblings.ts';
import type { Query } from '../platform/db/statements.ts';
import { giveWay } from '../platform/give-way.ts';
import { dropKnown } from './points/drop-known.ts';
import { replayPoints } from './points/read-in-order.ts';
import { readSiblings } from './points/read-siblings.ts';

/** Points between which other requests are served. */
const batchSize = 1_000;
const maxPoints = 1_000_000;
const maxFindings = 1_000;

export interface ReplayedRun {
  id: string;
  worldSize: number | null;
  config: unknown;
  pointsUpTo: bigint;
  /** reg_range [lo, hi) of its captures. */
  range: readonly [number, number] | null;
}

/** What the detectors would have found, without the sentences. */
type Replayed = Omit<DryRunAnswer, 'findings'> & { findings: Finding[] };

/** @param query reads from one state of the database */
export async function dryRun(
  query: Query,
  run: ReplayedRun,
  options: DetectorOptions,
  catalog: Catalog,
): Promise<Replayed> {
  const context = detectorContext(run, run.range);
  const findings: Finding[] = [];
  const stored = await readStoredSiblings<Siblings>(query, run.id);
  let state = initialDetectorState(stored ?? (await readSiblings(query, run)));
  let count = 0;
  for await (const { from, points } of replayPoints(query, run.id, Number(run.pointsUpTo))) {
    const fresh = await dropKnown(query, { runId: run.id, from, points, seen: state.series });
    for (let at = 0; at < fresh.length && count < maxPoints; at += batchSize) {
      const batch = fresh.slice(at, Math.min(at + batchSize, at + maxPoints - count));
      const seen = detect(state, batch, context, options);
      state = seen.state;
      findings.push(...seen.findings);
      count += batch.length;
      await giveWay();
    }
    if (count === maxPoints) break;
  }
  const classes = triggeredClasses(inhibit(findings, catalog).standing, catalog);
  return {
    points: count,
    complete: count < maxPoints,
    findings: findings.slice(0, maxFindings),
    classes: classes.map(({ failure, confidence }) => ({ class: failure.id, confidence })),
  };
}
