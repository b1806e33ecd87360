// A chart of curves over steps. Dragging selects a range; all charts of a page share cursor and range.
import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { RouteLink } from '../components/route-link.tsx';
import { useFormat } from '../i18n/use-format.ts';
import {
  type Annotation,
  annotationNear,
  buildOptions,
  buildPlotData,
  type ChartCurve,
  type IncidentMark,
  isInSight,
  type PlotStyle,
} from './build-plot.ts';
import { chartColors } from './palette.ts';
import classes from './plot.module.css';
import { readCurves, writeReadout } from './readout.ts';

interface PlotProps {
  /** Said to screen readers in place of the picture. */
  label: string;
  curves: readonly ChartCurve[];
  annotations: readonly Annotation[];
  incidents: readonly IncidentMark[];
  logScale: boolean;
  /** Weight of the smoothing, in [0, 1). */
  smoothing: number;
  /** Steps shown. */
  from: number;
  to: number;
  height: number;
  syncKey: string;
  onZoom: (from: number, to: number) => void;
  onReset: () => void;
}

/** Width that an envelope is cut to: about two pixels a stretch. */
const stretches = 200;

/** More values than these do not fit into the line above a chart of the grid. */
const maxInLine = 2;

export function Plot(props: PlotProps) {
  const { label, curves, annotations, incidents, logScale, smoothing, from, to, height, syncKey, onZoom, onReset } =
    props;
  const { t } = useTranslation('common');
  const format = useFormat();
  const isDark = useComputedColorScheme('light') === 'dark';
  const box = useRef<HTMLDivElement>(null);
  const readout = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const style = useMemo<PlotStyle>(
    () => ({
      logScale,
      smoothing,
      colors: chartColors(isDark),
      formatStep: format.short,
      formatHeight: format.short,
      stretches,
    }),
    [logScale, smoothing, isDark, format],
  );
  const plot = useMemo(() => buildPlotData(curves, style), [curves, style]);
  /** What decides the chart's lines; a change of values alone only gives it new data. */
  const shape = plot.series.map(({ label: name, stroke, width }) => `${name} ${stroke} ${width}`).join('\n');
  const latest = useRef({ plot, annotations, incidents, curves, onZoom });
  latest.current = { plot, annotations, incidents, curves, onZoom };
  const flags = useRef(new Map<string, HTMLElement>());

  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` stands for the lines; their values come in the effect below
  useEffect(() => {
    const parent = box.current;
    if (parent === null) return;
    const words = { step: (step: number) => t('atStep', { step }), value: (value: number) => format.value(value, 5) };
    const onCursor = (now: uPlot) => {
      const { left } = now.cursor;
      const step = left === undefined || left < 0 ? null : now.posToVal(left, 'x');
      const near = annotationNear(now, [...latest.current.incidents, ...latest.current.annotations]);
      if (readout.current) writeReadout(readout.current, readCurves(latest.current.curves, step), near, words);
    };
    const made = new uPlot(
      buildOptions(latest.current.plot, style, {
        width: parent.clientWidth,
        height,
        syncKey,
        overlay: () => ({ ...latest.current, marks: latest.current.plot.marks }),
        onDraw: (now) => placeFlags(now, latest.current.incidents, flags.current),
        onZoom: (a, b) => latest.current.onZoom(a, b),
        onCursor,
      }),
      latest.current.plot.data,
      parent,
    );
    chart.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: parent.clientWidth, height }));
    observer.observe(parent);
    return () => {
      observer.disconnect();
      made.destroy();
      chart.current = null;
    };
  }, [shape, style, height, syncKey, format, t]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: also after the chart was made anew, and when its overlay changes
  useEffect(() => {
    const now = chart.current;
    if (now === null) return;
    now.batch(() => {
      now.setData(plot.data);
      now.setScale('x', to > from ? { min: from, max: to } : { min: from - 0.5, max: from + 0.5 });
    });
    now.setCursor({ left: -10, top: -10 });
  }, [plot, shape, style, height, syncKey, format, t, annotations, incidents, from, to]);

  return (
    <figure className={classes.figure} aria-label={label}>
      <div
        ref={readout}
        className={classes.readout}
        data-many={curves.length > maxInLine || undefined}
        aria-hidden="true"
      />
      <div className={classes.frame}>
        <div ref={box} className={classes.box} style={{ height }} onDoubleClick={onReset} aria-hidden="true" />
        {incidents.map(({ id, severity, text }) => (
          // The list of incidents above the charts has the same link for keys and screen readers.
          <RouteLink
            key={id}
            to="/incidents/$id"
            params={{ id }}
            ref={(flag: HTMLAnchorElement | null) => {
              if (flag) flags.current.set(id, flag);
              else flags.current.delete(id);
            }}
            className={classes.flag}
            data-severity={severity}
            title={text}
            tabIndex={-1}
            aria-hidden="true"
          >
            !
          </RouteLink>
        ))}
      </div>
    </figure>
  );
}

/** Puts the flags of the incidents at the tops of their lines. */
function placeFlags(chart: uPlot, incidents: readonly IncidentMark[], flags: ReadonlyMap<string, HTMLElement>): void {
  for (const { id, step } of incidents) {
    const flag = flags.get(id);
    if (flag === undefined) continue;
    flag.style.display = isInSight(chart, step) ? '' : 'none';
    flag.style.left = `${chart.bbox.left / devicePixelRatio + chart.valToPos(step, 'x')}px`;
  }
}
