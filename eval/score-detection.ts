// What was found in recorded runs against what is wrong with them.
import type { RecordedRun } from './recorded-runs.ts';

export interface FoundIncident {
  class: string;
  firstStep: number | null;
}

export interface JudgedRun {
  run: RecordedRun;
  incidents: FoundIncident[];
}

export interface ClassScore {
  failure: string;
  runs: number;
  caught: number;
  /** Median over the caught runs of the incident's first step minus the onset; null when none was caught. */
  medianDelay: number | null;
  /** Incidents beyond the one of the fault, per run. */
  surplus: number;
  /** Classes of all incidents of these runs, with how often. */
  opened: Record<string, number>;
}

export interface DetectionScore {
  classes: ClassScore[];
  cleanRuns: number;
  /** Steps of the clean runs, and those of the others before their onset. */
  cleanSteps: number;
  /** Incidents of the clean runs, and of the others before their onset. */
  falseIncidents: { run: string; class: string; step: number | null }[];
}

export function scoreDetection(judged: readonly JudgedRun[]): DetectionScore {
  const broken = judged.filter(({ run }) => run.failure !== null);
  const failures = [...new Set(broken.map(({ run }) => run.failure as string))].sort();
  return {
    classes: failures.map((failure) =>
      scoreClass(
        failure,
        broken.filter(({ run }) => run.failure === failure),
      ),
    ),
    cleanRuns: judged.length - broken.length,
    cleanSteps: judged.reduce((steps, { run }) => steps + (run.onset ?? run.steps), 0),
    falseIncidents: judged.flatMap(({ run, incidents }) =>
      incidents
        .filter(({ firstStep }) => run.onset === null || (firstStep !== null && firstStep < run.onset))
        .map((incident) => ({ run: run.name, class: incident.class, step: incident.firstStep })),
    ),
  };
}

function scoreClass(failure: string, runs: readonly JudgedRun[]): ClassScore {
  const right = runs.map(({ run, incidents }) => {
    const incident = incidents.find(
      (found) => found.class === failure && (found.firstStep ?? run.onset ?? 0) >= (run.onset ?? 0),
    );
    return incident ? (incident.firstStep ?? run.onset ?? 0) - (run.onset ?? 0) : null;
  });
  const delays = right.filter((delay) => delay !== null).sort((a, b) => a - b);
  const all = runs.flatMap(({ incidents }) => incidents.map((incident) => incident.class));
  const opened: Record<string, number> = {};
  for (const name of all) opened[name] = (opened[name] ?? 0) + 1;
  return {
    failure,
    runs: runs.length,
    caught: delays.length,
    medianDelay: delays[Math.floor(delays.length / 2)] ?? null,
    surplus: runs.reduce((sum, { incidents }) => sum + Math.max(0, incidents.length - 1), 0) / runs.length,
    opened,
  };
}
