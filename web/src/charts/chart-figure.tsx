// The frame of every chart: what it shows, the drawing, and the same numbers as a table for those who cannot or would not see it.
import { type ReactNode, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './chart.module.css';

export interface ChartTable {
  columns: readonly string[];
  rows: readonly (readonly string[])[];
}

interface ChartFigureProps {
  title: string;
  note?: ReactNode;
  table: ChartTable;
  children: ReactNode;
}

/** Rows of a table alternative; a series may have a thousand points, of which the first ones are enough to check the drawing. */
const maxRows = 500;

export function ChartFigure({ title, note, table, children }: ChartFigureProps) {
  const titleId = useId();
  return (
    <figure className={classes.chart} aria-labelledby={titleId}>
      <figcaption className={classes.head}>
        <span className={classes.title} id={titleId}>
          {title}
        </span>
        {note && <span className={classes.note}>{note}</span>}
      </figcaption>
      {children}
      <AsTable table={table} label={title} />
    </figure>
  );
}

function AsTable({ table, label }: { table: ChartTable; label: string }) {
  const { t } = useTranslation('evidence');
  const [open, setOpen] = useState(false);
  return (
    <details className={classes.asTable} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('asTable')}</summary>
      {open && <TableOf table={table} label={label} />}
    </details>
  );
}

function TableOf({ table, label }: { table: ChartTable; label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
    <section className={classes.tableFrame} tabIndex={0} aria-label={label}>
      <table className={classes.table}>
        <thead>
          <tr>
            {table.columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.slice(0, maxRows).map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a drawing have no identity but their place
            <tr key={index}>
              {row.map((cell, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: as above
                <td key={column}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
