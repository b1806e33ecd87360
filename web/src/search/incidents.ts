// What the incident list is narrowed to.
import type { Severity } from '../../../src/contracts/common.ts';
import type { IncidentState } from '../../../src/contracts/incidents.ts';
import { type RawSearch, readChoice, readText } from './params.ts';

export const stateChoices: readonly IncidentState[] = ['open', 'acknowledged', 'resolved'];
export const severityChoices: readonly Severity[] = ['critical', 'warning', 'info'];

/** Without one, those seen last come first. */
export const sortChoices = ['-severity', '-occurrences', '-first_seen_at', 'last_seen_at'] as const;
type IncidentSort = (typeof sortChoices)[number];

export interface IncidentSearch {
  state?: IncidentState;
  severity?: Severity;
  class?: string;
  project?: string;
  run?: string;
  q?: string;
  assignee?: string;
  sort?: IncidentSort;
}

export function readIncidentSearch(raw: RawSearch): IncidentSearch {
  return {
    state: readChoice(stateChoices, raw.state),
    severity: readChoice(severityChoices, raw.severity),
    class: readText(raw.class),
    project: readText(raw.project),
    run: readText(raw.run),
    q: readText(raw.q),
    assignee: readText(raw.assignee),
    sort: readChoice(sortChoices, raw.sort),
  };
}

export function isNarrowed(search: IncidentSearch): boolean {
  return Object.entries(search).some(([name, value]) => name !== 'sort' && value !== undefined);
}
