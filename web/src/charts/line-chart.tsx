// Series over training steps, with the step at which things went wrong marked. The mouse or the arrow keys read the values.
import { type KeyboardEvent, type PointerEvent, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../i18n/use-format.ts';
import classes from './chart.module.css';
import { ChartFigure } from './chart-figure.tsx';
import { chooseScale, linearScale, wholeTicks } from './scale.ts';
import { brokenStretches, linePath, nearestPoint, type Series } from './series.ts';
import { useWidth } from './use-width.ts';
import { ValueAxis } from './value-axis.tsx';

export interface StepMark {
  step: number;
  label: string;
}

interface LineChartProps {
  title: string;
  series: readonly Series[];
  /** Where it went wrong; steps from here on are shaded. */
  onset: StepMark | null;
  height?: number;
}

const margin = { top: 18, right: 10, bottom: 20, left: 54 };
const colors = ['var(--chart-line)', 'var(--chart-line-2)', 'var(--chart-line-3)', 'var(--chart-line-4)'];
/** Up to here the points themselves are drawn, too. */
const maxDots = 60;

export function LineChart({ title, series, onset, height = 170 }: LineChartProps) {
  const { t } = useTranslation('evidence');
  const { value: asText, number, short } = useFormat();
  const steps = useMemo(() => [...new Set(series.flatMap((one) => [...one.steps]))].sort((a, b) => a - b), [series]);
  const [at, setAt] = useState<number | null>(null);
  const { ref, width } = useWidth<HTMLDivElement>();
  const values = series.flatMap((one) => [...one.values]);
  const [first, last] = spanOf(steps, onset);
  const x = linearScale(first, last, margin.left, width - margin.right);
  const y = chooseScale(values, height - margin.bottom, margin.top);
  const read = at === null ? null : readAt(series, at);
  const move = (event: PointerEvent<HTMLDivElement>) => {
    const inside = event.clientX - event.currentTarget.getBoundingClientRect().left - margin.left;
    const step = first + (inside / Math.max(1, width - margin.left - margin.right)) * (last - first);
    setAt(steps[nearestPoint(steps, step)] ?? null);
  };
  const press = (event: KeyboardEvent<HTMLDivElement>) => {
    const next = stepAfterKey(steps, at, event.key);
    if (next === undefined) return;
    event.preventDefault();
    setAt(next);
  };
  const note = y.kind === 'log' ? t('logScale') : undefined;
  const table = {
    columns: [t('step'), ...series.map((one) => one.label)],
    rows: tableRows(steps, series, number, asText),
  };
  const spoken =
    read === null
      ? t('chartHint')
      : [number(read.step), ...read.values.map((v) => `${v.label} ${asText(v.value)}`)].join(', ');
  return (
    <ChartFigure title={title} note={note} table={table}>
      <div
        ref={ref}
        className={`${classes.drawing} ${classes.cursor}`}
        role="slider"
        tabIndex={0}
        aria-label={title}
        aria-valuemin={first}
        aria-valuemax={last}
        aria-valuenow={read?.step ?? onset?.step ?? first}
        aria-valuetext={spoken}
        onPointerMove={move}
        onPointerLeave={() => setAt(null)}
        onKeyDown={press}
        style={{ height }}
      >
        {width > 0 && (
          <svg height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true" focusable="false">
            <ValueAxis ticks={y.ticks} place={y.place} left={margin.left} right={width - margin.right} write={short} />
            {wholeTicks(first, last, Math.max(2, Math.floor(width / 110))).map((tick) => (
              <text key={tick} x={x.place(tick)} y={height - 5} textAnchor="middle">
                {number(tick)}
              </text>
            ))}
            {onset && (
              <OnsetMark x={x.place(onset.step)} end={width - margin.right} height={height} label={onset.label} />
            )}
            {series.map((one, index) => (
              <SeriesLine
                key={one.label}
                series={one}
                color={colors[index % colors.length] ?? ''}
                x={x.place}
                y={y.place}
              />
            ))}
            {read && (
              <line
                x1={x.place(read.step)}
                x2={x.place(read.step)}
                y1={margin.top}
                y2={height - margin.bottom}
                stroke="var(--chart-text)"
                strokeDasharray="2 2"
              />
            )}
          </svg>
        )}
        {read && (
          <div
            className={classes.tip}
            style={{
              [x.place(read.step) > width / 2 ? 'right' : 'left']:
                x.place(read.step) > width / 2 ? width - x.place(read.step) + 8 : x.place(read.step) + 8,
            }}
          >
            {t('atStep', { step: read.step })}
            {read.values.map(({ label, value }) => (
              <div key={label}>
                {series.length > 1 && `${label} `}
                <strong>{asText(value)}</strong>
              </div>
            ))}
          </div>
        )}
      </div>
    </ChartFigure>
  );
}

function OnsetMark({ x, end, height, label }: { x: number; end: number; height: number; label: string }) {
  const right = x > end - 130;
  return (
    <g>
      <rect
        x={x}
        y={margin.top}
        width={Math.max(0, end - x)}
        height={height - margin.top - margin.bottom}
        fill="var(--chart-bad-soft)"
      />
      <line
        x1={x}
        x2={x}
        y1={margin.top - 4}
        y2={height - margin.bottom}
        stroke="var(--chart-bad)"
        strokeWidth="1.5"
        strokeDasharray="4 3"
      />
      <text className={classes.markText} x={x + (right ? -5 : 5)} y={11} textAnchor={right ? 'end' : 'start'}>
        {label}
      </text>
    </g>
  );
}

interface SeriesLineProps {
  series: Series;
  color: string;
  x: (step: number) => number;
  y: (value: number) => number;
}

function SeriesLine({ series, color, x, y }: SeriesLineProps) {
  const points = series.steps.map((step, index) => ({ step, value: series.values[index] ?? Number.NaN }));
  return (
    <g>
      <path d={linePath(series, x, y)} fill="none" stroke={color} strokeWidth="1.6" strokeLinejoin="round" />
      {points.length <= maxDots &&
        points
          .filter(({ value }) => Number.isFinite(value))
          .map(({ step, value }) => (
            <circle key={step} cx={x(step)} cy={y(value)} r={points.length === 1 ? 4 : 2.4} fill={color} />
          ))}
      {brokenStretches(series).map(({ from, to }) => (
        <g key={from} stroke="var(--chart-bad)">
          <path d={`M${x(from) - 4} ${margin.top + 3}l8 8m0 -8l-8 8`} strokeWidth="2" />
          {to > from && <path d={`M${x(from)} ${margin.top + 7}H${x(to)}`} strokeWidth="3" strokeLinecap="round" />}
        </g>
      ))}
    </g>
  );
}

/** First and last step of the drawing; a single one gets room at both sides. */
function spanOf(steps: readonly number[], onset: StepMark | null): [number, number] {
  const all = [steps[0], steps.at(-1), onset?.step].filter((step) => step !== undefined);
  if (all.length === 0) return [0, 1];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  return low === high ? [Math.max(0, low - 1), high + 1] : [low, high];
}

function readAt(series: readonly Series[], step: number) {
  const values = series.flatMap((one) => {
    const index = nearestPoint(one.steps, step);
    return one.steps[index] === step ? [{ label: one.label, value: one.values[index] ?? Number.NaN }] : [];
  });
  return { step, values };
}

function stepAfterKey(steps: readonly number[], at: number | null, key: string): number | null | undefined {
  const index = at === null ? -1 : steps.indexOf(at);
  if (key === 'ArrowRight') return steps[Math.min(steps.length - 1, index + 1)] ?? null;
  if (key === 'ArrowLeft') return steps[index === -1 ? steps.length - 1 : Math.max(0, index - 1)] ?? null;
  if (key === 'Home') return steps[0] ?? null;
  if (key === 'End') return steps.at(-1) ?? null;
  if (key === 'Escape') return null;
  return undefined;
}

function tableRows(
  steps: readonly number[],
  series: readonly Series[],
  number: (value: number) => string,
  asText: (value: number) => string,
): string[][] {
  const bySeries = series.map(
    (one) => new Map(one.steps.map((step, index) => [step, one.values[index] ?? Number.NaN])),
  );
  return steps.map((step) => [
    number(step),
    ...bySeries.map((values) => {
      const value = values.get(step);
      return value === undefined ? '' : asText(value);
    }),
  ]);
}
