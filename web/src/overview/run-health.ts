// How a run does, in one word.
import type { Run } from '../api/answers.ts';

export type RunHealth = 'broken' | 'silent' | 'troubled' | 'healthy' | 'done';

/** `broken`: it ended by a failure. `troubled`: it goes on, or has ended well, with incidents that are not resolved. */
export function runHealth({ status, open_incidents: incidents }: Pick<Run, 'status' | 'open_incidents'>): RunHealth {
  if (status === 'failed') return 'broken';
  if (status === 'stalled') return 'silent';
  if (incidents > 0) return 'troubled';
  return status === 'finished' ? 'done' : 'healthy';
}
