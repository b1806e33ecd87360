// Robust statistics of short lists. All answer 0 for an empty one.

/** The middle value; of an even number the upper one. */
export function medianOf(values: readonly number[]): number {
  const sorted = new Float64Array(values).sort();
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Median absolute distance from `centre`, scaled to the standard deviation of normal noise. */
export function spreadAround(centre: number, values: readonly number[]): number {
  return 1.4826 * medianOf(values.map((value) => Math.abs(value - centre)));
}

const largest = 1e100;

/** Keeps sums and squares of a state finite; nothing that is measured is larger. */
export function bounded(value: number): number {
  return Math.min(Math.max(value, -largest), largest);
}

/** Puts a value behind the others and drops the oldest of more than `size`. */
export function pushBounded(values: number[], value: number, size: number): void {
  values.push(value);
  if (values.length > size) values.shift();
}

/** The last values and the same in ascending order, so that their median is known at every point. For windows of a few dozens. */
export interface SortedWindow {
  recent: number[];
  sorted: number[];
}

export function emptyWindow(): SortedWindow {
  return { recent: [], sorted: [] };
}

/** Puts a value in and drops the oldest of more than `size`. */
export function slide({ recent, sorted }: SortedWindow, value: number, size: number): void {
  recent.push(value);
  let place = sorted.length;
  if (recent.length > size) {
    const leaving = recent.shift() as number;
    place = sorted.lastIndexOf(leaving);
    for (; place + 1 < sorted.length && (sorted[place + 1] as number) < value; place += 1)
      sorted[place] = sorted[place + 1] as number;
  }
  for (; place > 0 && (sorted[place - 1] as number) > value; place -= 1) sorted[place] = sorted[place - 1] as number;
  sorted[place] = value;
}

/** As medianOf() of the window's values. */
export function middleOf({ sorted }: SortedWindow): number {
  return sorted[sorted.length >> 1] ?? 0;
}
