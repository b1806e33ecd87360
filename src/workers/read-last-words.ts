// Reads the traceback that a log source ended with. A crash's last line is often the last line of all, and nothing comes after it that
// would show that the report is over.
import type { JobPayload } from '../contracts/jobs.ts';
import { readSilentLogSource } from '../flows/observations.ts';
import type { WorkerDependencies } from './dependencies.ts';

export async function readLastWords(
  deps: WorkerDependencies,
  { runId, source }: JobPayload<'read-last-words'>,
): Promise<void> {
  const log = { runId, source, now: deps.clock.now(), newId: deps.newId, formats: deps.catalog.formats };
  const { owesDiagnosis } = await deps.database.transaction((tx) => readSilentLogSource(tx, log));
  if (owesDiagnosis) deps.nudge('diagnose-run', { runId });
}
