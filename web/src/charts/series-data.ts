// Series as they are drawn: numbers with their gaps, smoothed lines, the envelope of what was thinned out, and marks for values that no
// line can show.

/** One curve. `values` may hold NaN and infinities, which become marks and gaps. */
export interface Curve {
  steps: readonly number[];
  values: readonly number[];
}

export type MarkKind = 'nan' | 'up' | 'down';

/** A point that has no height: NaN, or an infinity upwards or downwards. */
export interface Mark {
  step: number;
  kind: MarkKind;
}

export function marksOf({ steps, values }: Curve): Mark[] {
  return values.flatMap((value, index) => {
    if (Number.isFinite(value)) return [];
    const kind: MarkKind = Number.isNaN(value) ? 'nan' : value > 0 ? 'up' : 'down';
    return [{ step: steps[index] ?? 0, kind }];
  });
}

/**
 * Exponential moving average with `weight` in [0, 1) of what came before, corrected for its start as TensorBoard does
 * (github.com/tensorflow/tensorboard, line_chart v2, `classicSmoothing`). Non-finite values stay where they are and smooth nothing.
 */
export function smooth(values: readonly number[], weight: number): number[] {
  if (weight <= 0) return [...values];
  let last = 0;
  let seen = 0;
  return values.map((value) => {
    if (!Number.isFinite(value)) return value;
    last = last * weight + (1 - weight) * value;
    seen += 1;
    return last / (1 - weight ** seen);
  });
}

/** Lowest and highest finite value of stretches of steps, and the line between them. */
export interface Envelope {
  steps: number[];
  low: number[];
  high: number[];
  /** Mean of the first and the last finite value of the stretch: both were kept whatever their height, unlike minimum and maximum. */
  middle: number[];
}

/** Cuts the curve into `stretches` of equal length in steps; stretches without a finite value are left out. */
export function envelopeOf({ steps, values }: Curve, stretches: number): Envelope {
  const envelope: Envelope = { steps: [], low: [], high: [], middle: [] };
  const [start, end] = [steps[0] ?? 0, steps.at(-1) ?? 0];
  const length = Math.max(1, (end - start + 1) / stretches);
  let current = -1;
  let first = 0;
  steps.forEach((step, index) => {
    const value = values[index] ?? Number.NaN;
    if (!Number.isFinite(value)) return;
    const stretch = Math.floor((step - start) / length);
    const at = envelope.steps.length - 1;
    if (stretch !== current) {
      current = stretch;
      first = value;
      envelope.steps.push(step);
      envelope.low.push(value);
      envelope.high.push(value);
      envelope.middle.push(value);
      return;
    }
    envelope.low[at] = Math.min(envelope.low[at] ?? value, value);
    envelope.high[at] = Math.max(envelope.high[at] ?? value, value);
    envelope.middle[at] = (first + value) / 2;
  });
  return envelope;
}

/** What a curve comes to, for its table and for readers who do not see the picture. */
export interface CurveSummary {
  points: number;
  last: { step: number; value: number } | null;
  lowest: { step: number; value: number } | null;
  highest: { step: number; value: number } | null;
  nan: number;
  infinite: number;
}

export function summariseCurve({ steps, values }: Curve): CurveSummary {
  const summary: CurveSummary = { points: steps.length, last: null, lowest: null, highest: null, nan: 0, infinite: 0 };
  values.forEach((value, index) => {
    const point = { step: steps[index] ?? 0, value };
    summary.last = point;
    if (Number.isNaN(value)) summary.nan += 1;
    else if (!Number.isFinite(value)) summary.infinite += 1;
    else {
      if (summary.lowest === null || value < summary.lowest.value) summary.lowest = point;
      if (summary.highest === null || value > summary.highest.value) summary.highest = point;
    }
  });
  return summary;
}

/** Values that a logarithmic axis cannot show. */
export function isDrawable(value: number, logScale: boolean): boolean {
  return Number.isFinite(value) && (!logScale || value > 0);
}
