// The rows of a selection as one strip, those that are not what mask and source select in red.
import { useTranslation } from 'react-i18next';
import { useFormat } from '../i18n/use-format.ts';
import classes from './chart.module.css';
import { ChartFigure } from './chart-figure.tsx';
import { linearScale, wholeTicks } from './scale.ts';
import { useWidth } from './use-width.ts';

interface RowStripProps {
  title: string;
  rows: number;
  /** First and last row of each run, both included. */
  ranges: readonly (readonly [number, number])[];
  note: string;
}

const height = 52;

export function RowStrip({ title, rows, ranges, note }: RowStripProps) {
  const { t } = useTranslation('evidence');
  const { number } = useFormat();
  const { ref, width } = useWidth<HTMLDivElement>();
  const x = linearScale(0, Math.max(1, rows), 1, Math.max(1, width - 1));
  const table = {
    columns: [t('firstRow'), t('lastRow'), t('rowCount')],
    rows: ranges.map(([first, last]) => [number(first), number(last), number(last - first + 1)]),
  };
  return (
    <ChartFigure title={title} note={note} table={table}>
      <div ref={ref} className={classes.drawing} style={{ height }}>
        {width > 0 && (
          <svg height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${title}. ${note}`}>
            <rect
              x={1}
              y={4}
              width={width - 2}
              height={24}
              rx="4"
              fill="var(--chart-range-soft)"
              stroke="var(--chart-grid)"
            />
            {ranges.map(([first, last]) => (
              <rect
                key={first}
                x={x.place(first)}
                y={4}
                width={Math.max(2, x.place(last + 1) - x.place(first) - (rows < width / 4 ? 0.5 : 0))}
                height={24}
                rx="1.5"
                fill="var(--chart-bad)"
              />
            ))}
            {wholeTicks(0, rows, Math.max(2, Math.floor(width / 90))).map((tick) => (
              <text
                key={tick}
                x={x.place(tick)}
                y={44}
                textAnchor={tick === 0 ? 'start' : x.place(tick) > width - 16 ? 'end' : 'middle'}
              >
                {number(tick)}
              </text>
            ))}
          </svg>
        )}
      </div>
    </ChartFigure>
  );
}
