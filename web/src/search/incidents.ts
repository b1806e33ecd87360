// What the incident list is narrowed to.
import type { Severity } from '../../../src/contracts/common.ts';
import type { IncidentState } from '../../../src/contracts/incidents.ts';
import { type RawSearch, readChoice, readFlag, readText, readTime, stringifySearch } from './params.ts';

export const stateChoices: readonly IncidentState[] = ['open', 'acknowledged', 'resolved'];
export const severityChoices: readonly Severity[] = ['critical', 'warning', 'info'];

/** Without one, those seen last come first. */
export const sortChoices = ['-severity', '-occurrences', '-first_seen_at', 'last_seen_at'] as const;
type IncidentSort = (typeof sortChoices)[number];

export const yesOrNo = ['true', 'false'] as const;
export type YesOrNo = (typeof yesOrNo)[number];

export interface IncidentSearch {
  state?: IncidentState;
  severity?: Severity;
  class?: string;
  cause?: string;
  project?: string;
  run?: string;
  q?: string;
  assignee?: string;
  /** Of nobody; stands for an empty `assignee`, which an address cannot hold. */
  unassigned?: true;
  /** "key=value" of a run. */
  tag?: string;
  regressed?: YesOrNo;
  muted?: YesOrNo;
  /** Last seen from one time to another, RFC 3339. */
  since?: string;
  until?: string;
  sort?: IncidentSort;
}

export function readIncidentSearch(raw: RawSearch): IncidentSearch {
  return {
    state: readChoice(stateChoices, raw.state),
    severity: readChoice(severityChoices, raw.severity),
    class: readText(raw.class),
    cause: readText(raw.cause),
    project: readText(raw.project),
    run: readText(raw.run),
    q: readText(raw.q),
    assignee: readText(raw.assignee),
    unassigned: readFlag(raw.unassigned),
    tag: readText(raw.tag),
    regressed: readChoice(yesOrNo, raw.regressed),
    muted: readChoice(yesOrNo, raw.muted),
    since: readTime(raw.since),
    until: readTime(raw.until),
    sort: readChoice(sortChoices, raw.sort),
  };
}

/** The query of GET /v1/incidents that a search means. */
export function incidentQuery(
  { unassigned, assignee, ...search }: IncidentSearch,
  page: { limit: number; cursor?: string | null },
): string {
  return `${stringifySearch({ ...search, ...page, assignee: unassigned ? undefined : assignee })}${unassigned ? '&assignee=' : ''}`;
}

export function isNarrowed(search: IncidentSearch): boolean {
  return Object.entries(search).some(([name, value]) => name !== 'sort' && value !== undefined);
}
