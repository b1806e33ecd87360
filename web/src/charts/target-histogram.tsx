// How many targets fall into each bin of [lo, hi), with the range marked and what lies outside of it in red at its sides.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../i18n/use-format.ts';
import classes from './chart.module.css';
import { ChartFigure } from './chart-figure.tsx';
import { linearScale, wholeTicks } from './scale.ts';
import { useWidth } from './use-width.ts';
import { ValueAxis } from './value-axis.tsx';

interface TargetHistogramProps {
  title: string;
  /** Counts of floor(target) - lo. */
  bins: readonly number[];
  regRange: readonly [number, number];
  below: number;
  above: number;
  nonFinite: number;
  /** How many of the first and of the last bin sit exactly at the clip value. */
  clips: { lower: number; upper: number };
  height?: number;
}

interface Bar {
  name: string;
  /** What an axis says below it; empty inside of the range, where ticks say it. */
  short: string;
  count: number;
  clipped: number;
  outside: boolean;
}

const margin = { top: 22, right: 8, bottom: 22, left: 44 };
/** Between the range and what lies outside of it, in bars. */
const gap = 0.6;

export function TargetHistogram(props: TargetHistogramProps) {
  const { title, bins, regRange, below, above, nonFinite, clips, height = 190 } = props;
  const { t } = useTranslation('evidence');
  const { number } = useFormat();
  const [over, setOver] = useState<number | null>(null);
  const { ref, width } = useWidth<HTMLDivElement>();
  const [lo, hi] = regRange;
  const bars: Bar[] = [
    { name: t('belowRange', { lo }), short: `< ${lo}`, count: below, clipped: 0, outside: true },
    ...bins.map((count, index) => ({
      name: t('bin', { from: lo + index, to: lo + index + 1 }),
      short: '',
      count,
      clipped: index === 0 ? clips.lower : index === bins.length - 2 ? clips.upper : 0,
      outside: false,
    })),
    { name: t('aboveRange', { hi: hi - 1 }), short: `≥ ${hi - 1}`, count: above, clipped: 0, outside: true },
    ...(nonFinite > 0 ? [{ name: t('nonFinite'), short: 'NaN', count: nonFinite, clipped: 0, outside: true }] : []),
  ];
  const plot = width - margin.left - margin.right;
  const unit = plot / (bars.length + 2 * gap + (nonFinite > 0 ? gap : 0));
  const left = (index: number) =>
    margin.left +
    (index + (index > 0 ? gap : 0) + (index > bins.length ? gap : 0) + (index > bins.length + 1 ? gap : 0)) * unit;
  const y = linearScale(
    0,
    Math.max(1, ...bars.map(({ count }) => count)) * 1.08,
    height - margin.bottom,
    margin.top,
    3,
  );
  const shown = over === null ? null : bars[over];
  const table = {
    columns: [t('target'), t('count'), t('atClip')],
    rows: bars.map(({ name, count, clipped }) => [name, number(count), number(clipped)]),
  };
  const summary = t('histogramSummary', {
    inside: bins.reduce((sum, count) => sum + count, 0),
    below,
    above,
    nonFinite,
  });
  return (
    <ChartFigure title={title} note={summary} table={table}>
      <div ref={ref} className={classes.drawing} style={{ height }}>
        {width > 0 && (
          <svg
            height={height}
            viewBox={`0 0 ${width} ${height}`}
            role="img"
            aria-label={`${title}. ${summary}`}
            onPointerLeave={() => setOver(null)}
          >
            <RangeMark
              start={left(1)}
              end={left(bins.length) + unit}
              height={height}
              label={t('regRange', { lo, hi })}
            />
            <ValueAxis
              ticks={y.ticks.filter(Number.isInteger)}
              place={y.place}
              left={margin.left}
              right={width - margin.right}
              write={number}
            />
            {wholeTicks(lo, hi - 1, Math.max(2, Math.floor(width / 60))).map((tick) => (
              <text key={tick} x={left(tick - lo + 1)} y={height - 6} textAnchor="middle">
                {tick}
              </text>
            ))}
            {bars.map((bar, index) => (
              <g key={bar.name} onPointerEnter={() => setOver(index)}>
                <rect
                  x={left(index)}
                  y={margin.top}
                  width={unit}
                  height={height - margin.top - margin.bottom}
                  fill="transparent"
                />
                <BarShape bar={bar} x={left(index)} width={unit} y={y.place} />
                {bar.short !== '' && (
                  <text
                    className={bar.count > 0 ? classes.markText : undefined}
                    x={left(index) + unit / 2}
                    y={height - 6}
                    textAnchor="middle"
                  >
                    {bar.short}
                  </text>
                )}
              </g>
            ))}
          </svg>
        )}
        {shown && over !== null && (
          <div
            className={classes.tip}
            style={left(over) > width / 2 ? { right: width - left(over) + 6 } : { left: left(over) + unit + 6 }}
          >
            {shown.name}
            <div>
              <strong>{t('targets', { count: shown.count })}</strong>
            </div>
            {shown.clipped > 0 && <div>{t('ofThemAtClip', { count: shown.clipped })}</div>}
          </div>
        )}
      </div>
    </ChartFigure>
  );
}

function RangeMark({ start, end, height, label }: { start: number; end: number; height: number; label: string }) {
  return (
    <g>
      <rect
        x={start}
        y={margin.top}
        width={Math.max(0, end - start)}
        height={height - margin.top - margin.bottom}
        fill="var(--chart-range-soft)"
      />
      {[start, end].map((x) => (
        <line
          key={x}
          x1={x}
          x2={x}
          y1={margin.top - 8}
          y2={height - margin.bottom}
          stroke="var(--chart-line)"
          strokeDasharray="4 3"
        />
      ))}
      <text className={classes.rangeText} x={(start + end) / 2} y={12} textAnchor="middle">
        {label}
      </text>
    </g>
  );
}

function BarShape({ bar, x, width, y }: { bar: Bar; x: number; width: number; y: (value: number) => number }) {
  if (bar.count === 0) return null;
  const inset = Math.min(1.5, width * 0.12);
  // One target among thousands must be seen, too.
  const top = Math.min(y(bar.count), y(0) - 2);
  return (
    <>
      <rect
        x={x + inset}
        y={top}
        width={Math.max(1, width - 2 * inset)}
        height={y(0) - top}
        rx="1"
        fill={bar.outside ? 'var(--chart-bad)' : 'var(--chart-bar)'}
      />
      {bar.clipped > 0 && (
        <rect
          x={x + inset}
          y={y(bar.clipped)}
          width={Math.max(1, width - 2 * inset)}
          height={y(0) - y(bar.clipped)}
          fill="var(--chart-clip)"
        />
      )}
    </>
  );
}
