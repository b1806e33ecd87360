// The uPlot chart of some curves: lines, envelopes, marks of what has no height, and dashed lines where something was found.
import uPlot from 'uplot';
import type { Severity } from '../../../src/contracts/common.ts';
import type { ChartColors } from './palette.ts';
import { type Curve, type Envelope, envelopeOf, isDrawable, type Mark, marksOf, smooth } from './series-data.ts';

export interface ChartCurve extends Curve {
  label: string;
  color: string;
  /** Points were left out by the server: an envelope is drawn. */
  thinned: boolean;
}

/** Something found at a step. */
export interface Annotation {
  step: number;
  severity: Severity;
  text: string;
}

/** An incident at the step at which it was first seen in the run. */
export interface IncidentMark extends Annotation {
  id: string;
}

export interface PlotStyle {
  logScale: boolean;
  /** Weight of the smoothing, in [0, 1). */
  smoothing: number;
  colors: ChartColors;
  formatStep: (step: number) => string;
  formatHeight: (value: number, digits: number) => string;
  /** Width in pixels that the envelope is cut to. */
  stretches: number;
}

/** Lines of one chart in uPlot's form: one array of steps, then the values of each line. */
export interface PlotData {
  data: uPlot.AlignedData;
  series: uPlot.Series[];
  bands: uPlot.Band[];
  marks: Mark[];
}

export function buildPlotData(curves: readonly ChartCurve[], style: PlotStyle): PlotData {
  const tables: uPlot.AlignedData[] = [];
  const plot: PlotData = { data: [[]], series: [{}], bands: [], marks: [] };
  const add = (steps: readonly number[], values: readonly number[], series: uPlot.Series) => {
    const heights = values.map((value) => (isDrawable(value, style.logScale) ? value : null));
    tables.push([[...steps], heights]);
    plot.series.push(series);
    return plot.series.length - 1;
  };
  for (const curve of curves) {
    const { color, label } = curve;
    plot.marks.push(...marksOf(curve));
    if (curve.thinned) {
      const envelope: Envelope = envelopeOf(curve, style.stretches);
      const high = add(envelope.steps, envelope.high, hidden(label));
      const low = add(envelope.steps, envelope.low, hidden(label));
      plot.bands.push({ series: [high, low], fill: `${color}33` });
      add(envelope.steps, smooth(envelope.middle, style.smoothing), line(label, color));
    } else {
      if (style.smoothing > 0) add(curve.steps, curve.values, line(label, `${color}44`));
      add(curve.steps, smooth(curve.values, style.smoothing), line(label, color));
    }
  }
  if (tables.length > 0) plot.data = uPlot.join(tables);
  return plot;
}

function line(label: string, color: string): uPlot.Series {
  return { label, stroke: color, width: 1.5, points: { size: 4 }, spanGaps: false };
}

function hidden(label: string): uPlot.Series {
  return { label, stroke: 'transparent', width: 0, points: { show: false }, spanGaps: true };
}

export interface PlotFrame {
  width: number;
  height: number;
  /** Charts of the same key share their cursor. */
  syncKey: string;
  /** What is drawn over the lines, asked for at every drawing. */
  overlay: () => { marks: readonly Mark[]; annotations: readonly Annotation[]; incidents: readonly IncidentMark[] };
  /** After every drawing: the place of a step is known. */
  onDraw: (chart: uPlot) => void;
  onZoom: (from: number, to: number) => void;
  onCursor: (chart: uPlot) => void;
}

/** Everything of a chart but its data. */
export function buildOptions(plot: PlotData, style: PlotStyle, frame: PlotFrame): uPlot.Options {
  const { colors, logScale, formatStep, formatHeight } = style;
  const axis = {
    stroke: colors.text,
    grid: { stroke: colors.grid, width: 1 },
    ticks: { stroke: colors.grid, width: 1 },
  };
  const font = '11px "Inter Variable", sans-serif';
  return {
    width: frame.width,
    height: frame.height,
    padding: [10, 10, 0, 0],
    series: plot.series,
    bands: plot.bands,
    scales: { x: { time: false }, y: logScale ? { distr: 3 } : { range: padded } },
    axes: [
      {
        ...axis,
        font,
        size: 26,
        space: 70,
        incrs: stepIncrements,
        values: (_, ticks) => ticks.map((tick) => formatStep(tick)),
      },
      {
        ...axis,
        font,
        size: 58,
        space: 34,
        values: (_, ticks, __, ___, increment) =>
          ticks.map((tick) => (tick === null ? null : formatHeight(tick, digitsOf(ticks, logScale ? 0 : increment)))),
      },
    ],
    legend: { show: false },
    cursor: {
      // The place of the cursor is shared, the selection of a range is not: the page hands a new range to all charts.
      sync: {
        key: frame.syncKey,
        scales: ['x', null],
        filters: { pub: (type) => type === 'mousemove' || type === 'mouseleave', sub: () => true },
      },
      drag: { x: true, y: false, setScale: false },
      points: { size: 7 },
    },
    hooks: {
      setCursor: [frame.onCursor],
      setSelect: [
        (chart) => {
          const { left, width } = chart.select;
          if (width < 4) return;
          frame.onZoom(Math.floor(chart.posToVal(left, 'x')), Math.ceil(chart.posToVal(left + width, 'x')));
          chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
      draw: [
        (chart) => {
          const { marks, annotations, incidents } = frame.overlay();
          drawMarks(chart, marks, colors);
          drawAnnotations(chart, annotations, colors);
          drawIncidents(chart, incidents, colors);
          frame.onDraw(chart);
        },
      ],
    },
  };
}

/** Significant digits that tell heights `increment` apart; 3 on a logarithmic axis (0). */
function digitsOf(ticks: readonly (number | null)[], increment: number): number {
  const highest = Math.max(...ticks.map((tick) => Math.abs(tick ?? 0)));
  return increment > 0 && highest > 0 ? Math.min(6, Math.max(3, Math.ceil(Math.log10(highest / increment)) + 2)) : 3;
}

/** Steps are whole: 1, 2, 5, 10, 20, 50 ... up to the largest that exists. */
const stepIncrements = Array.from({ length: 16 }, (_, power) => [1, 2, 5].map((digit) => digit * 10 ** power)).flat();

/** Some air above and below; curves that differ by less than a thousandth are shown as the same height. */
function padded(_: uPlot, low: number | null, high: number | null): uPlot.Range.MinMax {
  if (low === null || high === null) return [0, 1];
  const least = Math.abs(high) * 5e-4 || 0.5;
  const space = Math.max((high - low) * 0.08, low === high ? Math.abs(high) * 0.1 : 0, least);
  return [low - space, high + space];
}

const markSize = 5;

/** NaN as a cross at the lower edge, infinities as triangles at the edge they point to. */
function drawMarks(chart: uPlot, marks: readonly Mark[], colors: ChartColors): void {
  const { ctx, bbox } = chart;
  const size = markSize * devicePixelRatio;
  ctx.save();
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.strokeStyle = colors.critical;
  ctx.fillStyle = colors.critical;
  for (const { step, kind } of marks) {
    if (!isInSight(chart, step)) continue;
    const x = chart.valToPos(step, 'x', true);
    const isUp = kind === 'up';
    const y = isUp ? bbox.top + size : bbox.top + bbox.height - size;
    ctx.beginPath();
    if (kind === 'nan') {
      ctx.moveTo(x - size / 2, y - size / 2);
      ctx.lineTo(x + size / 2, y + size / 2);
      ctx.moveTo(x + size / 2, y - size / 2);
      ctx.lineTo(x - size / 2, y + size / 2);
      ctx.stroke();
    } else {
      const tip = isUp ? -size : size;
      ctx.moveTo(x, y + tip / 2);
      ctx.lineTo(x - size / 2, y - tip / 2);
      ctx.lineTo(x + size / 2, y - tip / 2);
      ctx.fill();
    }
  }
  ctx.restore();
}

function drawAnnotations(chart: uPlot, annotations: readonly Annotation[], colors: ChartColors): void {
  drawAtSteps(chart, annotations, colors, (x, top) => {
    const { ctx } = chart;
    ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
    strokeDown(chart, x);
    ctx.beginPath();
    ctx.arc(x, top, 3.5 * devicePixelRatio, 0, 2 * Math.PI);
    ctx.fill();
  });
}

/** A line without gaps; the flag at its top is a link and is no part of the picture (plot.tsx). */
function drawIncidents(chart: uPlot, incidents: readonly IncidentMark[], colors: ChartColors): void {
  drawAtSteps(chart, incidents, colors, (x) => strokeDown(chart, x));
}

function drawAtSteps(
  chart: uPlot,
  annotations: readonly Annotation[],
  colors: ChartColors,
  draw: (x: number, top: number) => void,
): void {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.lineWidth = devicePixelRatio;
  for (const { step, severity } of annotations) {
    if (!isInSight(chart, step)) continue;
    ctx.strokeStyle = colors[severity];
    ctx.fillStyle = colors[severity];
    draw(chart.valToPos(step, 'x', true), bbox.top);
  }
  ctx.restore();
}

function strokeDown({ ctx, bbox }: uPlot, x: number): void {
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
}

/** Whether a step is within the steps shown. */
export function isInSight({ scales }: uPlot, step: number): boolean {
  const { min, max } = scales.x ?? {};
  return min != null && max != null && step >= min && step <= max;
}

/** The annotation under the cursor, if one is near. */
export function annotationNear(chart: uPlot, annotations: readonly Annotation[]): Annotation | null {
  const left = chart.cursor.left ?? -1;
  if (left < 0) return null;
  let best: Annotation | null = null;
  let distance = 8;
  for (const annotation of annotations) {
    const away = Math.abs(chart.valToPos(annotation.step, 'x') - left);
    if (away < distance) {
      distance = away;
      best = annotation;
    }
  }
  return best;
}
