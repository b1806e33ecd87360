// What a detector is: an online rule over metric points. It sees each point once, in the order of arrival, keeps a small JSON-safe state,
// and says when something is established. A new detector is a folder with detector.ts, about.ts and cases.ts, and a
// line in index.ts.
import type { Severity } from '../../contracts/common.ts';
import type { FindingData } from '../../contracts/findings.ts';
import type { DetectorAbout } from './about.ts';
import type { LossRegime } from './loss-regime.ts';
import type { Siblings } from './siblings.ts';

export interface DetectorPoint {
  step: number;
  rank: number;
  name: string;
  /** May be NaN or infinite. */
  value: number;
  /** The printed value is a mean or median over the trainer's logging window, not the step's own. */
  windowed: boolean;
}

export interface DetectorContext {
  /** Ranks of the run; null when unknown. */
  worldSize: number | null;
  /** Bins K of the box distributions, hi - lo of reg_range; null when unknown. */
  bins: number | null;
  /** Images of one step on one rank, as the run's config tells; null when unknown. */
  batchSize: number | null;
}

/** Named limits of a detector. They stand in every finding's data, so that an old finding can still be explained. */
export type Thresholds = Record<string, number>;

/** One established fact; detect() completes it to a finding. */
export interface Detection {
  severity: Severity;
  /** Metric it is about, which need not be the one whose point established it. */
  name: string;
  /** Step at which it began or was established, as the detector documents. */
  step: number;
  data: FindingData;
}

/** The series that a point belongs to, as one detector sees it. */
export interface WatchedSeries<T = Thresholds, Role = unknown> {
  name: string;
  /** What the series is to the detector. */
  role: Role;
  thresholds: T;
  context: DetectorContext;
  siblings: Siblings;
  /** Of the series' rank, with all points up to the present one. */
  regime: LossRegime;
}

export interface Detector<State = unknown, T extends Thresholds = Thresholds, Role = unknown> {
  /** Id of its finding, and the version of the rule and of its state. */
  id: string;
  version: number;
  /** Whether a state belongs to one series, or to one rank and so relates its series to each other. */
  scope: 'series' | 'rank';
  /** Defaults, which need no tuning; options of a project or run replace single ones. */
  thresholds: T;
  about: DetectorAbout<keyof T & string>;
  /** What a metric of this name is to the detector; null when it does not watch it. */
  roleOf(name: string): Role | null;
  /** JSON-safe: NaN and infinities are kept as strings. */
  initial(): State;
  /** Takes a point into `state`, which it changes, and answers what that establishes. `point` is not to be kept: the next one reuses it. */
  observe(state: State, point: DetectorPoint, series: WatchedSeries<T, Role>): Detection | null;
  /** Whether what it found, or is about to find, still holds. Left out where the points cannot show that it is over. */
  isOngoing?(state: State): boolean;
}

/** A series with the detection it should lead to, or none: run by the detectors' conformance test. */
export interface DetectorCase {
  title: string;
  points: DetectorPoint[];
  context?: Partial<DetectorContext>;
  siblings?: Siblings;
  /** Findings expected of this detector alone. */
  expected: { ref: string; step: number; data?: FindingData }[];
}

/** For detectors to which all series they watch are the same. */
export function onlyRole(isWatched: boolean): true | null {
  return isWatched ? true : null;
}
