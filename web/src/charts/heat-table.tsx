// A heat map that is a table: every cell says its number and its share, so that colour only repeats what can be read.
import { useFormat } from '../i18n/use-format.ts';
import { type HeatCell, heatLevel } from './heat.ts';
import classes from './heat-table.module.css';

interface HeatTableProps {
  caption: string;
  corner: string;
  columns: readonly string[];
  rows: readonly { name: string; cells: readonly HeatCell[] }[];
}

export function HeatTable({ caption, corner, columns, rows }: HeatTableProps) {
  const { number, percent } = useFormat();
  return (
    <table className={classes.heat}>
      <caption>{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{corner}</th>
          {columns.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, cells }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {cells.map(({ count, total }, index) => {
              const share = total === 0 ? 0 : count / total;
              return (
                <td key={columns[index]} data-level={heatLevel(share)}>
                  <strong>{number(count)}</strong>
                  <span>{total === 0 ? '' : percent(Math.round(share * 1000) / 1000)}</span>
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
