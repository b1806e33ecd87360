// The heights of a chart: a line across it for each, and what it is at the left.

interface ValueAxisProps {
  ticks: readonly number[];
  /** Pixel of a height. */
  place: (value: number) => number;
  /** Pixels between which the lines are drawn. */
  left: number;
  right: number;
  write: (value: number) => string;
}

export function ValueAxis({ ticks, place, left, right, write }: ValueAxisProps) {
  return ticks.map((tick) => (
    <g key={tick}>
      <line x1={left} x2={right} y1={place(tick)} y2={place(tick)} stroke="var(--chart-grid)" />
      <text x={left - 8} y={place(tick)} dy="0.35em" textAnchor="end">
        {write(tick)}
      </text>
    </g>
  ));
}
