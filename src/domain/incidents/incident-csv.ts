// Incidents as CSV (RFC 4180), one line each.
import type { IncidentSummary } from '../../contracts/incidents.ts';

type Cell = string | number | boolean | null;

const columns: [name: string, cell: (incident: IncidentSummary) => Cell][] = [
  ['id', (incident) => incident.id],
  ['project', (incident) => incident.project],
  ['state', (incident) => incident.state],
  ['regressed', (incident) => incident.regressed],
  ['severity', (incident) => incident.severity],
  ['class', (incident) => incident.class],
  ['title', (incident) => incident.title],
  ['cause', (incident) => incident.cause?.id ?? null],
  ['cause_title', (incident) => incident.cause?.title ?? null],
  ['confidence', (incident) => incident.confidence],
  ['occurrences', (incident) => incident.occurrences],
  ['first_seen_at', (incident) => incident.first_seen_at],
  ['last_seen_at', (incident) => incident.last_seen_at],
  ['first_step', (incident) => incident.first_step],
  ['last_step', (incident) => incident.last_step],
  ['runs', (incident) => incident.runs.join(' ')],
  ['assignee', (incident) => incident.assignee],
  ['resolved_by', (incident) => incident.resolved_by],
  ['muted', (incident) => incident.mute?.kind ?? null],
  ['fingerprint', (incident) => incident.fingerprint],
];

export const csvHeader = toLine(columns.map(([name]) => name));

export function csvLine(incident: IncidentSummary): string {
  return toLine(columns.map(([, cell]) => cell(incident)));
}

function toLine(cells: Cell[]): string {
  return `${cells.map(toText).join(',')}\r\n`;
}

/** A text that a spreadsheet would take for a formula gets an apostrophe (OWASP, CSV injection). */
function toText(cell: Cell): string {
  if (cell === null) return '';
  const text = typeof cell === 'string' && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
