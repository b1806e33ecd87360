// Series (a metric of a rank of a run) as columns of equal length, in the order of their steps, each step once.

type Column = Float64Array | Uint8Array;
export type Columns = { steps: Float64Array } & Record<string, Column>;

export type SeriesPoints = {
  steps: Float64Array;
  values: Float64Array;
  /** When, Unix milliseconds. */
  ats: Float64Array;
  /** Places in the order in which the run's points were stored. */
  ordinals: Float64Array;
  /** 1 where the value is a mean or median over the trainer's logging window. */
  windowed: Uint8Array;
};

/** Puts points in the order of their steps; of a step that came twice the first stays. */
export function sortSeries<C extends Columns>(points: C): C {
  const { steps } = points;
  if (isRising(steps)) return points;
  // Stable, and fast where long stretches rise already, which a typed array's sort is not.
  const order = Array.from(steps, (_, i) => i).sort((a, b) => (steps[a] as number) - (steps[b] as number));
  return pick(
    points,
    order.filter((index, i) => i === 0 || steps[index] !== steps[order[i - 1] as number]),
  );
}

/** Joins two series; where both have a step, that of `before` stays. */
export function mergeSeries<C extends Columns>(before: C, added: C): C {
  const all = concatSeries([before, added]);
  const split = before.steps.length;
  if ((before.steps[split - 1] ?? -1) < (added.steps[0] ?? Number.POSITIVE_INFINITY)) return all;
  const order: number[] = [];
  for (let i = 0, j = split; i < split || j < all.steps.length; ) {
    const left = i < split ? (all.steps[i] as number) : Number.POSITIVE_INFINITY;
    const right = j < all.steps.length ? (all.steps[j] as number) : Number.POSITIVE_INFINITY;
    order.push(left <= right ? i : j);
    if (left <= right) i += 1;
    if (right <= left) j += 1;
  }
  return pick(all, order);
}

/** One after the other, as they are. */
export function concatSeries<C extends Columns>(parts: readonly [C, ...C[]]): C {
  const [first] = parts;
  if (parts.length === 1) return first;
  const length = parts.reduce((sum, { steps }) => sum + steps.length, 0);
  return mapColumns(first, (column, name) => {
    const joined = emptyLike(column, length);
    let at = 0;
    for (const part of parts) {
      const piece = part[name] as Column;
      joined.set(piece, at);
      at += piece.length;
    }
    return joined;
  });
}

/** The points with indices from `start` to `end - 1`, not copied. */
export function sliceSeries<C extends Columns>(points: C, start: number, end: number): C {
  if (start === 0 && end >= points.steps.length) return points;
  return mapColumns(points, (column) => column.subarray(start, end));
}

/** The least and the greatest number of a column; 0 and 0 of an empty one. */
export function extremesOf(column: ArrayLike<number>): { lowest: number; highest: number } {
  let lowest = column[0] ?? 0;
  let highest = lowest;
  for (let i = 1; i < column.length; i++) {
    const value = column[i] as number;
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  return { lowest, highest };
}

/** Index of the first step that is at least `step`. */
export function firstAtLeast(steps: ArrayLike<number>, step: number): number {
  let low = 0;
  for (let high = steps.length; low < high; ) {
    const middle = (low + high) >> 1;
    if ((steps[middle] as number) < step) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isRising(steps: Float64Array): boolean {
  for (let i = 1; i < steps.length; i++) if ((steps[i] as number) <= (steps[i - 1] as number)) return false;
  return true;
}

function pick<C extends Columns>(points: C, order: number[]): C {
  return mapColumns(points, (column) => {
    const picked = emptyLike(column, order.length);
    for (let i = 0; i < order.length; i++) picked[i] = column[order[i] as number] as number;
    return picked;
  });
}

function emptyLike(column: Column, length: number): Column {
  return column instanceof Uint8Array ? new Uint8Array(length) : new Float64Array(length);
}

function mapColumns<C extends Columns>(points: C, map: (column: Column, name: string) => Column): C {
  return Object.fromEntries(Object.entries(points).map(([name, column]) => [name, map(column, name)])) as C;
}
