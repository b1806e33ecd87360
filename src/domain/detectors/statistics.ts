// Robust statistics of short lists. All answer 0 for an empty one.

/** The middle value; of an even number the upper one. */
export function medianOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
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
