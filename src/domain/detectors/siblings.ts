// How a run's siblings went: finished runs of its project with the same config, but for seeds, names and places. They are looked up when the
// run's first points are watched and kept with its state, so that what is found does not depend on when it is looked for.
import { medianOf } from './statistics.ts';

/** A loss of a finished run: medians of stretches, by the step at which each stretch ends, ascending. */
export interface SiblingCurve {
  run: string;
  steps: number[];
  levels: number[];
}

/** By metric, of rank 0. */
export type Siblings = Record<string, SiblingCurve[]>;

/** Runs compared with, and stretches of a curve. */
export const maxSiblings = 3;
const stretches = 48;

/** Keys in which configs of siblings differ. */
const ofOneRun =
  /(?:^|[._])(?:seed|random_state|name|id|date|time|timestamp|version|exp\w*|(?:save|work|output|log|out|run|result)s?_?(?:dir|path|root|name)?|dir|path|resume\w*|losswatch)$/i;

/** Whether two runs' configs say the same but for what is each run's own; runs without a config are no siblings. */
export function areSiblings(config: unknown, other: unknown): boolean {
  if (!isRecord(config) || !isRecord(other)) return false;
  return spell(config) === spell(other);
}

function spell(value: unknown): string {
  return JSON.stringify(value, (key, item: unknown) => {
    if (ofOneRun.test(key)) return undefined;
    if (!isRecord(item)) return item;
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The curve of a series in the order of its steps; values that are not finite are left out. Null when it is too short to compare with. */
export function curveOf(run: string, steps: readonly number[], values: readonly number[]): SiblingCurve | null {
  const places = steps.flatMap((_, place) => (Number.isFinite(values[place]) ? [place] : []));
  if (places.length < stretches) return null;
  const ends = Array.from({ length: stretches }, (_, index) => Math.floor(((index + 1) * places.length) / stretches));
  return {
    run,
    steps: ends.map((end) => steps[places[end - 1] as number] as number),
    levels: ends.map((end, index) =>
      medianOf(places.slice(ends[index - 1] ?? 0, end).map((place) => values[place] as number)),
    ),
  };
}

/** Level of the stretch in which a step lies; null beyond the curve's end. */
export function levelAt({ steps, levels }: SiblingCurve, step: number): number | null {
  return levels[steps.findIndex((end) => step <= end)] ?? null;
}

/** The highest level at which one of the siblings ended; null when there are none. */
export function endLevelOf(curves: readonly SiblingCurve[] | undefined): number | null {
  const ends = (curves ?? []).flatMap(({ levels }) => levels.slice(-1));
  return ends.length > 0 ? Math.max(...ends) : null;
}
