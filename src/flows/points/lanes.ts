import { detectionLanes } from '../../contracts/jobs.ts';

/** The lane of `detect-anomalies` in which a run's points are looked at: FNV-1a of its id. */
export function laneOf(runId: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < runId.length; i++) hash = Math.imul(hash ^ runId.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % detectionLanes;
}
