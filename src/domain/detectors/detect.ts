// Runs all detectors over points in the order of their arrival. Pure and online: the same points give the same findings in whatever
// batches they come, and a restart goes on from the stored state.
import type { Finding } from '../../contracts/findings.ts';
import type { Detection, Detector, DetectorContext, DetectorPoint } from './detector.ts';
import { detectors as allDetectors } from './index.ts';

export interface DetectorState {
  /** Series seen, "rank/name"; at most maxSeries, later ones are not watched. */
  series: string[];
  /** Each detector's states, by series or by rank. */
  states: Record<string, Record<string, unknown>>;
}

const maxSeries = 256;

export function initialDetectorState(): DetectorState {
  return { series: [], states: {} };
}

/** Findings are in the order of the points that established them. `before` is not changed. */
export function detect(
  before: DetectorState,
  points: DetectorPoint[],
  context: DetectorContext,
  detectors: Detector[] = allDetectors,
): { state: DetectorState; findings: Finding[] } {
  const series = new Set(before.series);
  const states = new Map(detectors.map(({ id }) => [id, new Map(Object.entries(before.states[id] ?? {}))]));
  const findings: Finding[] = [];
  for (const point of points) {
    const watching = detectors.filter((detector) => detector.watches(point.name));
    if (watching.length === 0 || !admit(series, `${point.rank}/${point.name}`)) continue;
    for (const detector of watching) {
      const finding = observe(detector, states.get(detector.id), point, context);
      if (finding) findings.push(finding);
    }
  }
  const carried = [...states].map(([id, own]) => [id, Object.fromEntries(own)] as const);
  return { state: { series: [...series], states: Object.fromEntries(carried) }, findings };
}

function admit(series: Set<string>, key: string): boolean {
  if (!series.has(key) && series.size >= maxSeries) return false;
  series.add(key);
  return true;
}

function observe(
  detector: Detector,
  states: Map<string, unknown> | undefined,
  point: DetectorPoint,
  context: DetectorContext,
): Finding | null {
  const key = detector.scope === 'rank' ? String(point.rank) : `${point.rank}/${point.name}`;
  const { state, detection } = detector.observe(states?.get(key) ?? detector.initial(), point, context);
  states?.set(key, state);
  return detection === null ? null : toFinding(detector, point.rank, detection);
}

function toFinding({ id, version }: Detector, rank: number, { severity, name, step, data }: Detection): Finding {
  return { id, version, severity, kind: 'metric', ref: rank > 0 ? `${name}@${rank}` : name, step, rank, data };
}
