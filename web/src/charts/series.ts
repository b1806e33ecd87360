// The points of one metric, readied for a drawing.

export interface Series {
  label: string;
  steps: readonly number[];
  values: readonly number[];
}

/** Metric values travel as numbers, or as the words NaN, Infinity and -Infinity. */
export function toNumbers(values: readonly (number | string)[]): number[] {
  return values.map(Number);
}

/** Index of the point whose step lies nearest to `step`; -1 without points. Steps ascend. */
export function nearestPoint(steps: readonly number[], step: number): number {
  let low = 0;
  let high = steps.length - 1;
  if (high < 0) return -1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((steps[middle] ?? 0) < step) low = middle;
    else high = middle;
  }
  return Math.abs((steps[low] ?? 0) - step) <= Math.abs((steps[high] ?? 0) - step) ? low : high;
}

/** The finite stretches of a series as SVG path data; a stretch of one point gives no line. */
export function linePath(
  { steps, values }: Pick<Series, 'steps' | 'values'>,
  x: (step: number) => number,
  y: (value: number) => number,
): string {
  let path = '';
  let pen = 'M';
  for (let index = 0; index < steps.length; index += 1) {
    const value = values[index] ?? Number.NaN;
    if (!Number.isFinite(value)) {
      pen = 'M';
      continue;
    }
    path += `${pen}${x(steps[index] ?? 0).toFixed(1)} ${y(value).toFixed(1)}`;
    pen = 'L';
  }
  return path;
}

/** Stretches of neighbouring points that are NaN or infinite, by their first and last step. */
export function brokenStretches({ steps, values }: Pick<Series, 'steps' | 'values'>): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  let open = false;
  steps.forEach((step, index) => {
    const broken = !Number.isFinite(values[index] ?? Number.NaN);
    const last = found.at(-1);
    if (broken && open && last) last.to = step;
    else if (broken) found.push({ from: step, to: step });
    open = broken;
  });
  return found;
}
