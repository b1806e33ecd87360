// Prints what a benchmark found: tables for people, or JSON.

/** Values by column. */
export type Row = Record<string, string | number>;

export interface Section {
  title: string;
  /** What must be known to read the table. */
  notes: string[];
  /** Rows with the same columns in the same order. */
  rows: Row[];
}

export function printReport(report: { machine: string; sections: Section[] }, asJson: boolean): void {
  if (asJson) {
    process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), ...report })}\n`);
    return;
  }
  process.stdout.write(`${report.machine}, ${new Date().toISOString().slice(0, 10)}\n`);
  for (const section of report.sections) printSection(section);
}

function printSection({ title, notes, rows }: Section): void {
  process.stdout.write(`\n## ${title}\n${notes.map((note) => `${note}\n`).join('')}`);
  if (rows.length === 0) return;
  const columns = Object.keys(rows[0] ?? {});
  const cells = [columns, ...rows.map((row) => columns.map((column) => spell(row[column])))];
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => (line[i] ?? '').length)));
  const line = (texts: string[]) => `| ${texts.map((text, i) => text.padEnd(widths[i] ?? 0)).join(' | ')} |\n`;
  process.stdout.write(line(cells[0] ?? []));
  process.stdout.write(`|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|\n`);
  for (const texts of cells.slice(1)) process.stdout.write(line(texts));
}

function spell(value: string | number | undefined): string {
  if (typeof value !== 'number') return value ?? '';
  if (!Number.isFinite(value)) return '-';
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
