// From the answered series of one run or several to the curves of each chart.
import type { FindingAnswer, Series } from '../api/answers.ts';
import type { Annotation, ChartCurve } from '../charts/build-plot.ts';
import { curveColor } from '../charts/palette.ts';
import { toNumbers } from '../charts/series.ts';
import { orderMetrics } from './metric-order.ts';

/** The series of one run, under the name it has in the legend. */
export interface RunSeries {
  id: string;
  name: string;
  series: readonly Series[];
}

export interface MetricCurves {
  metric: string;
  curves: ChartCurve[];
  /** Values are means or medians over the trainer's logging window. */
  windowed: boolean;
}

/**
 * One entry per metric of the first run, in the order of metric-order.ts. Of one run every rank has a colour; of several every run has
 * one, which it keeps in all charts.
 */
export function curvesByMetric(runs: readonly RunSeries[], isDark: boolean, rankLabel: (rank: number) => string) {
  const [main] = runs;
  if (main === undefined) return [];
  return orderMetrics(main.series.map(({ name }) => name)).map((metric): MetricCurves => {
    const found = runs.flatMap((run, runIndex) =>
      run.series
        .filter(({ name }) => name === metric)
        .map((series, rankIndex) => ({ run, series, color: runs.length > 1 ? runIndex : rankIndex })),
    );
    const ranks = new Set(found.map(({ series }) => series.rank));
    return {
      metric,
      windowed: found.some(({ series }) => series.windowed === true),
      curves: found.map(({ run, series, color }) => ({
        label: [runs.length > 1 ? run.name : null, ranks.size > 1 || runs.length === 1 ? rankLabel(series.rank) : null]
          .filter(Boolean)
          .join(' · '),
        color: curveColor(color, isDark),
        steps: series.steps,
        values: toNumbers(series.values),
        thinned: series.downsampled,
      })),
    };
  });
}

/** First and last step of all series; null when there is none. */
export function extentOf(runs: readonly RunSeries[]): { from: number; to: number } | null {
  const all = runs.flatMap(({ series }) => series).filter(({ steps }) => steps.length > 0);
  if (all.length === 0) return null;
  return {
    from: Math.min(...all.map(({ steps }) => steps[0] as number)),
    to: Math.max(...all.map(({ steps }) => steps.at(-1) as number)),
  };
}

/** What was found in a metric. Findings of one step are one mark. */
export function annotationsOf(findings: readonly FindingAnswer[], metric: string): Annotation[] {
  const bySteps = new Map<number, Annotation>();
  for (const { kind, ref, step, severity, text } of findings) {
    if (kind !== 'metric' || ref !== metric || step === null) continue;
    const before = bySteps.get(step);
    bySteps.set(step, before ? { ...before, text: `${before.text} ${text}` } : { step, severity, text });
  }
  return [...bySteps.values()];
}
