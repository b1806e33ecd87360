// A curve without axes, the size of a word. What it shows is said beside it, so it is hidden from screen readers.
import { brokenStretches, linePath } from './series.ts';
import type { Curve } from './series-data.ts';
import classes from './sparkline.module.css';

const width = 120;
const height = 28;
const margin = 3;

export function Sparkline(curve: Curve) {
  const finite = curve.values.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const [start, end] = [curve.steps[0] ?? 0, curve.steps.at(-1) ?? 0];
  const x = (step: number) => margin + ((step - start) / (end - start || 1)) * (width - 2 * margin);
  const y = (value: number) =>
    height - margin - (high === low ? 0.5 : (value - low) / (high - low)) * (height - 2 * margin);
  return (
    <svg
      className={classes.spark}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      <path d={linePath(curve, x, y)} fill="none" vectorEffect="non-scaling-stroke" />
      {brokenStretches(curve).map(({ from }) => (
        <path
          key={from}
          className={classes.cross}
          d={`M${x(from) - 2} ${height - 7}l4 4m0-4l-4 4`}
          vectorEffect="non-scaling-stroke"
        />
      ))}
    </svg>
  );
}
