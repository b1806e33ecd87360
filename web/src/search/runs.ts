// What the table of runs is narrowed to.
import type { RunStatus } from '../../../src/contracts/runs.ts';
import { runStatuses } from '../api/closed-lists.ts';
import { type RawSearch, readChoice, readText } from './params.ts';

export interface RunsSearch {
  q?: string;
  status?: RunStatus;
  project?: string;
}

export function readRunsSearch(raw: RawSearch): RunsSearch {
  return { q: readText(raw.q), status: readChoice(runStatuses, raw.status), project: readText(raw.project) };
}
