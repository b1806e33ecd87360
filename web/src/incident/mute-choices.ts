// How an incident can be muted: for a time, until it gets worse, or until it happens in a new run.
import type { MuteRequest } from '../../../src/contracts/incidents.ts';

export const muteChoices = ['hour', 'workday', 'day', 'week', 'until-worse', 'until-new-run'] as const;
export type MuteChoice = (typeof muteChoices)[number];

const hours = { hour: 1, workday: 8, day: 24, week: 168 };

/** What `PATCH /v1/incidents/{id}` is asked for. */
export function muteRequest(choice: MuteChoice, nowMs: number): MuteRequest {
  if (choice === 'until-worse') return { until_worse: true };
  if (choice === 'until-new-run') return { until_new_run: true };
  return { until: new Date(nowMs + hours[choice] * 3_600_000).toISOString() };
}
