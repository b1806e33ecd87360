// Shows the detectors new points, each once. Mostly all are new, and then they are shown as they lie in their columns: nothing is made for a
// single point.
import { type OpenSeries, type Watch, watchPoint } from '../../domain/detectors/detect.ts';
import type { SeenSeries } from '../../domain/detectors/first-seen.ts';
import { type BatchColumns, columnsOfBatch, pointsOfBatch } from '../../kernels/points/batch.ts';
import type { StoredBatch } from '../../platform/db/metric-batches.ts';
import type { PlainSql } from '../../platform/db/statements.ts';
import { giveWay, isSliceOver } from '../../platform/give-way.ts';
import { dropKnown } from './drop-known.ts';

/** Points after which it is asked whether other work of this process should have its turn. */
const pointsPerLook = 250;

export interface Sight {
  runId: string;
  /** Place of the first point to be seen. */
  from: number;
  /** The highest step of each series below it. */
  seen: SeenSeries;
  /** In the order of their places. */
  batches: readonly StoredBatch[];
}

/** Points that the run had before `from`, and those that come twice, are left out. */
export async function watchBatches(sql: PlainSql, watch: Watch, sight: Sight): Promise<void> {
  const { batches, from } = sight;
  await giveWay();
  const opened = (batches[0]?.first ?? from) < from ? null : await openNew(watch, batches);
  if (!opened) return watchFresh(sql, watch, sight);
  for (const batch of opened) await watchColumns(watch, batch);
}

async function watchFresh(sql: PlainSql, watch: Watch, { runId, from, seen, batches }: Sight): Promise<void> {
  const points = batches.flatMap(({ data, first }) => pointsOfBatch(data, Math.max(0, from - first)));
  const fresh = await sql.snapshot((query) => dropKnown(query, { runId, from, points, seen }));
  for (const [index, point] of fresh.entries()) {
    watchPoint(watch, point);
    if (index % pointsPerLook === 0 && isSliceOver()) await giveWay();
  }
}

interface OpenBatch extends BatchColumns {
  /** The series of each shape's columns; null where nothing watches. */
  series: (OpenSeries | null)[][];
}

/** The batches with their series; null when some watched point is not above all that came before it in its series. */
async function openNew(watch: Watch, batches: readonly StoredBatch[]): Promise<OpenBatch[] | null> {
  const tops = new Map<OpenSeries, { step: number }>();
  const topOf = (series: OpenSeries) => {
    const top = tops.get(series) ?? { step: series.highestStep };
    tops.set(series, top);
    return top;
  };
  const opened: OpenBatch[] = [];
  for (const { data } of batches) {
    if (isSliceOver()) await giveWay();
    const columns = columnsOfBatch(data);
    const series = columns.shapes.map(({ rank, names }) => names.map((name) => watch.open(rank, name)));
    const highest = series.map((own) => own.filter((one) => one !== null).map(topOf));
    for (let row = 0; row < columns.steps.length; row++) {
      const step = columns.steps[row] as number;
      for (const top of highest[columns.shapeOfRow[row] as number] as { step: number }[]) {
        if (step <= top.step) return null;
        top.step = step;
      }
    }
    opened.push({ ...columns, series });
  }
  return opened;
}

async function watchColumns(watch: Watch, batch: OpenBatch): Promise<void> {
  const { shapes, shapeOfRow, placeOfRow, steps, series } = batch;
  let sinceLook = 0;
  for (let row = 0; row < steps.length; row++) {
    if (sinceLook >= pointsPerLook) {
      sinceLook = 0;
      if (isSliceOver()) await giveWay();
    }
    const index = shapeOfRow[row] as number;
    const { columns, windowed } = shapes[index] as BatchColumns['shapes'][number];
    const own = series[index] as (OpenSeries | null)[];
    const [step, place] = [steps[row] as number, placeOfRow[row] as number];
    sinceLook += own.length;
    for (let i = 0; i < own.length; i++) {
      const one = own[i];
      if (one) watch.observe(one, step, columns[i]?.[place] as number, windowed[i] as boolean);
    }
  }
}
