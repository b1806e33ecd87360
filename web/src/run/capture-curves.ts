// The numbers of a run's captures as curves over its steps.
import type { CaptureListItem } from '../api/answers.ts';
import type { ChartCurve } from '../charts/build-plot.ts';
import { curveColor } from '../charts/palette.ts';

type Measures = NonNullable<CaptureListItem['measured']>;

/** Names of curves are keys of the words under `capture` in run.json. */
export type CaptureCurveName =
  | 'reported'
  | 'recomputed'
  | 'below'
  | 'above'
  | 'lowerClip'
  | 'upperClip'
  | 'wrongRows'
  | 'entropy';

const charts: readonly { name: 'loss' | 'range' | 'selection' | 'entropy'; curves: CaptureCurveName[] }[] = [
  { name: 'loss', curves: ['reported', 'recomputed'] },
  { name: 'range', curves: ['below', 'above', 'lowerClip', 'upperClip'] },
  { name: 'selection', curves: ['wrongRows'] },
  { name: 'entropy', curves: ['entropy'] },
];

/** What a capture comes to in a curve, percentages of its distributions where counts would not compare; null where it says nothing. */
const measureOf: Record<CaptureCurveName, (measures: Measures) => number | string | null> = {
  reported: ({ reported_loss_dfl: value }) => value,
  recomputed: ({ loss_dfl: value }) => value,
  below: (measures) => percentOf(measures.below_range, measures),
  above: (measures) => percentOf(measures.above_range, measures),
  lowerClip: (measures) => percentOf(measures.at_lower_clip, measures),
  upperClip: (measures) => percentOf(measures.at_upper_clip, measures),
  wrongRows: ({ mismatched_rows: value }) => value,
  entropy: ({ entropy_mean: value }) => value,
};

function percentOf(count: number, { distributions }: Measures): number {
  return distributions === 0 ? 0 : (100 * count) / distributions;
}

/** Charts of the captures that have a step and an analysis; of several ranks at one step the first. A chart without points is left out. */
export function captureCharts(
  captures: readonly CaptureListItem[],
  isDark: boolean,
  label: (name: CaptureCurveName) => string,
) {
  const bySteps = new Map<number, Measures>();
  for (const { step, rank, measured } of captures) {
    if (step !== null && measured && (!bySteps.has(step) || rank === 0)) bySteps.set(step, measured);
  }
  const rising = [...bySteps].sort(([a], [b]) => a - b);
  return charts.flatMap(({ name, curves }) => {
    const drawn = curves.flatMap((curve, index): ChartCurve[] => {
      const points = rising.flatMap(([step, measured]) => {
        const value = measureOf[curve](measured);
        return value === null ? [] : [{ step, value: Number(value) }];
      });
      if (points.length === 0) return [];
      return [
        {
          label: label(curve),
          color: curveColor(index, isDark),
          steps: points.map(({ step }) => step),
          values: points.map(({ value }) => value),
          thinned: false,
        },
      ];
    });
    return drawn.length > 0 ? [{ name, curves: drawn }] : [];
  });
}

/** First and last step of the curves; null when none has a point. */
export function extentOfCurves(curves: readonly ChartCurve[]): { from: number; to: number } | null {
  if (curves.length === 0) return null;
  return {
    from: Math.min(...curves.map(({ steps }) => steps[0] ?? 0)),
    to: Math.max(...curves.map(({ steps }) => steps.at(-1) ?? 0)),
  };
}
