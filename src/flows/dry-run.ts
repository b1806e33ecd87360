// Replays a run's stored points through the detectors with other options. Nothing is stored.
import type { Catalog } from '../contracts/catalog.ts';
import type { DetectorOptions, DryRunAnswer } from '../contracts/detectors.ts';
import { detect, initialDetectorState } from '../domain/detectors/detect.ts';
import { detectorContext } from '../domain/detectors/options.ts';
import { inhibit } from '../domain/diagnosis/inhibit.ts';
import { triggeredClasses } from '../domain/diagnosis/triggered-classes.ts';
import { readRegRange } from '../platform/db/captures.ts';
import type { Tx } from '../platform/db/client.ts';
import { readPointsAfter } from '../platform/db/metrics.ts';

/** Points of one batch: between two of them other requests are served. */
const batchSize = 1_000;
const maxPoints = 1_000_000;
const maxFindings = 1_000;

export async function dryRun(
  tx: Tx,
  run: { id: string; worldSize: number | null; config: unknown },
  options: DetectorOptions,
  catalog: Catalog,
): Promise<DryRunAnswer> {
  const context = detectorContext(run, await readRegRange(tx, run.id));
  const findings: DryRunAnswer['findings'] = [];
  let state = initialDetectorState();
  let points = 0;
  let after = 0n;
  let isOver = false;
  while (!isOver && points < maxPoints) {
    const batch = await readPointsAfter(tx, run.id, after, batchSize);
    const seen = detect(state, batch, context, options);
    state = seen.state;
    findings.push(...seen.findings);
    points += batch.length;
    after = batch.at(-1)?.seq ?? after;
    isOver = batch.length < batchSize;
  }
  const classes = triggeredClasses(inhibit(findings, catalog).standing, catalog);
  return {
    points,
    complete: isOver,
    findings: findings.slice(0, maxFindings),
    classes: classes.map(({ failure, confidence }) => ({ class: failure.id, confidence })),
  };
}
