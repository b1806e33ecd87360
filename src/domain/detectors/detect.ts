// Runs all detectors over points in the order of their arrival. Online: the same points give the same findings in whatever batches they
// come, and a restart goes on from the stored state.
import type { DetectorOptions } from '../../contracts/detectors.ts';
import type { Finding } from '../../contracts/findings.ts';
import type { Detection, Detector, DetectorContext, DetectorPoint, WatchedSeries } from './detector.ts';
import { isWatched, type SeenSeries, seriesKey } from './first-seen.ts';
import { followRegime, initialRegime, type LossRegime, type LossRole, lossRoleOf } from './loss-regime.ts';
import { enabledDetectors } from './options.ts';
import type { Siblings } from './siblings.ts';

/** JSON-safe, bounded. */
export interface DetectorState {
  /** Watched series, at most maxSeries; later ones are left alone. */
  series: SeenSeries;
  /** By rank. */
  regimes: Record<string, LossRegime>;
  /** Each detector's states by series or by rank, under its id and version: a new version of a rule does not read an old one's state. */
  states: Record<string, Record<string, unknown>>;
  /** What the run is compared with; left out of states that are older than the comparison. */
  siblings?: Siblings;
}

const maxSeries = 256;

export function initialDetectorState(siblings: Siblings = {}): DetectorState {
  return { series: {}, regimes: {}, states: {}, siblings };
}

/** A series and what watches it: found once, then fed with its values. */
export interface OpenSeries {
  /** Of the present value. */
  point: DetectorPoint;
  highestStep: number;
  lossRole: LossRole | null;
  regime: LossRegime;
  watchers: { detector: Detector; state: unknown; view: WatchedSeries }[];
}

/** Detectors at work on one run. */
export interface Watch {
  /** Null for a series that nothing watches, and beyond the bound. */
  open(rank: number, name: string): OpenSeries | null;
  observe(series: OpenSeries, step: number, value: number, windowed: boolean): void;
  /** Findings are in the order of the points that established them. */
  end(): { state: DetectorState; findings: Finding[] };
}

/**
 * Findings are in the order of the points that established them. `before` is not changed.
 * @param points each once: what came twice has been left out (first-seen.ts)
 */
export function detect(
  before: DetectorState,
  points: readonly DetectorPoint[],
  context: DetectorContext,
  options: DetectorOptions = {},
): { state: DetectorState; findings: Finding[] } {
  const watch = startWatch(structuredClone(before), context, options);
  for (const point of points) watchPoint(watch, point);
  return watch.end();
}

export function watchPoint(watch: Watch, { rank, name, step, value, windowed }: DetectorPoint): void {
  const series = watch.open(rank, name);
  if (series) watch.observe(series, step, value, windowed);
}

/** Goes on from `before`, whose parts it takes over and changes. */
export function startWatch(before: DetectorState, context: DetectorContext, options: DetectorOptions = {}): Watch {
  const detectors = enabledDetectors(options);
  const seen = new Map(Object.entries(before.series));
  const regimes = before.regimes ?? {};
  const states = detectors.map((detector) => before.states[stateKey(detector)] ?? {});
  const opened = new Map<number, Map<string, OpenSeries | null>>();
  const findings: Finding[] = [];
  const { siblings = {} } = before;

  function find(rank: number, name: string): OpenSeries | null {
    const lossRole = lossRoleOf(name);
    const roles = detectors.map((detector) => detector.roleOf(name));
    const key = seriesKey({ rank, name });
    if (!isWatched(name) || (!seen.has(key) && seen.size >= maxSeries)) return null;
    const highestStep = seen.get(key) ?? -1;
    seen.set(key, highestStep);
    const regime = stateUnder(regimes, String(rank), initialRegime);
    const watchers = detectors.flatMap((detector, place) => {
      const { scope, thresholds, initial } = detector;
      const role = roles[place];
      if (role === null) return [];
      const state = stateUnder(
        states[place] as Record<string, unknown>,
        scope === 'rank' ? String(rank) : key,
        initial,
      );
      return [{ detector, state, view: { name, role, thresholds, context, siblings, regime } }];
    });
    return { point: { rank, name, step: 0, value: 0, windowed: false }, highestStep, lossRole, regime, watchers };
  }

  return {
    open(rank, name) {
      let ofRank = opened.get(rank);
      if (!ofRank) {
        ofRank = new Map();
        opened.set(rank, ofRank);
      }
      let series = ofRank.get(name);
      if (series === undefined) {
        series = find(rank, name);
        ofRank.set(name, series);
      }
      return series;
    },
    observe(series, step, value, windowed) {
      const { point, lossRole, regime, watchers } = series;
      if (step > series.highestStep) series.highestStep = step;
      point.step = step;
      point.value = value;
      point.windowed = windowed;
      if (lossRole !== null) followRegime(regime, lossRole, point.name, value);
      for (const { detector, state, view } of watchers) {
        const detection = detector.observe(state, point, view);
        if (detection) findings.push(toFinding(detector, point.rank, detection));
      }
    },
    end() {
      const frozen = detectors.map(
        (detector, place) => [stateKey(detector), states[place] as Record<string, unknown>] as const,
      );
      for (const ofRank of opened.values()) {
        for (const series of ofRank.values()) if (series) seen.set(seriesKey(series.point), series.highestStep);
      }
      return {
        state: { series: Object.fromEntries(seen), regimes, states: Object.fromEntries(frozen), siblings },
        findings,
      };
    },
  };
}

/** The state under a rank or a series' key, neither of which is the name of something that every object has. */
function stateUnder<T>(states: Record<string, T>, key: string, initial: () => T): T {
  const state = states[key] ?? initial();
  states[key] = state;
  return state;
}

/** Under which a detector's states are kept. */
export function stateKey({ id, version }: Detector): string {
  return `${id}/${version}`;
}

function toFinding(detector: Detector, rank: number, { severity, name, step, data }: Detection): Finding {
  const { id, version, thresholds } = detector;
  const ref = rank > 0 ? `${name}@${rank}` : name;
  return { id, version, severity, kind: 'metric', ref, step, rank, data: { ...thresholds, ...data } };
}
