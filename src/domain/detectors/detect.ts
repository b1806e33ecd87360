// Runs all detectors over points in the order of their arrival. Pure and online: the same points give the same findings in whatever
// batches they come, and a restart goes on from the stored state.
import type { DetectorOptions } from '../../contracts/detectors.ts';
import type { Finding } from '../../contracts/findings.ts';
import type { Detection, Detector, DetectorContext, DetectorPoint } from './detector.ts';
import { enabledDetectors } from './options.ts';

export interface DetectorState {
  /** Series seen, "rank/name"; at most maxSeries, later ones are not watched. */
  series: string[];
  /** Each detector's states by series or by rank, under its id and version: a new version of a rule does not read an old one's state. */
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
  options: DetectorOptions = {},
): { state: DetectorState; findings: Finding[] } {
  const detectors = enabledDetectors(options);
  const series = new Set(before.series);
  const states = new Map(detectors.map((detector) => [detector.id, statesOf(before, detector)]));
  const findings: Finding[] = [];
  const watchersOf = createWatcherIndex(detectors);
  for (const point of points) {
    const watching = watchersOf(point.name);
    if (watching.length === 0 || !admit(series, `${point.rank}/${point.name}`)) continue;
    for (const detector of watching) {
      const finding = observe(detector, states.get(detector.id), point, context);
      if (finding) findings.push(finding);
    }
  }
  const carried = detectors.map(
    (detector) => [stateKey(detector), Object.fromEntries(states.get(detector.id) ?? [])] as const,
  );
  return { state: { series: [...series], states: Object.fromEntries(carried) }, findings };
}

/** Detectors by the names they watch: a run has few names and many points. Names beyond the bound are judged anew. */
function createWatcherIndex(detectors: readonly Detector[]): (name: string) => Detector[] {
  const known = new Map<string, Detector[]>();
  return (name) => {
    const before = known.get(name);
    if (before) return before;
    const watching = detectors.filter((detector) => detector.watches(name));
    if (known.size < maxSeries) known.set(name, watching);
    return watching;
  };
}

function stateKey({ id, version }: Detector): string {
  return `${id}/${version}`;
}

function statesOf(before: DetectorState, detector: Detector): Map<string, unknown> {
  return new Map(Object.entries(before.states[stateKey(detector)] ?? {}));
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
  const before = states?.get(key) ?? detector.initial();
  const { state, detection } = detector.observe(before, point, context, detector.thresholds);
  states?.set(key, state);
  return detection === null ? null : toFinding(detector, point.rank, detection);
}

function toFinding(detector: Detector, rank: number, { severity, name, step, data }: Detection): Finding {
  const { id, version, thresholds } = detector;
  const ref = rank > 0 ? `${name}@${rank}` : name;
  return { id, version, severity, kind: 'metric', ref, step, rank, data: { ...thresholds, ...data } };
}
