// Makes the point lists of detector cases.
import type { DetectorPoint } from './detector.ts';

/** One point per value, at steps 0, 10, 20, ... */
export function seriesOf(name: string, values: number[], rank = 0): DetectorPoint[] {
  return values.map((value, index) => ({ step: index * 10, rank, name, value, windowed: true }));
}

/** Series logged together: sorted by step, in the given order within a step. */
export function logTogether(...series: DetectorPoint[][]): DetectorPoint[] {
  return series.flat().sort((a, b) => a.step - b.step);
}

export function repeat(length: number, value: (index: number) => number): number[] {
  return Array.from({ length }, (_, index) => value(index));
}
