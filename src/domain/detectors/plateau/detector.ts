// The loss stopped falling although it should not have. Convergence flattens little by little; a fault (rate gone, gradients cut, weights
// frozen) stops it from one moment to the next, or lets nothing be learned at all. So the run is held against its own earlier progress, in
// blocks of equal length: three blocks of steady progress followed by three without any, or no progress since the beginning. The blocks
// double when sixteen are full. A run that stops where its siblings ended has converged as they did. The intent is that of SageMaker Debugger's LossNotDecreasing
// (diff_percent 0.1 over num_steps 10) and DeepDiagnosis' "loss not decreasing", whose fixed windows fire on every converged run.
import { addToBlock, type Block, emptyBlock, errorOf, joinPairs } from '../blocks.ts';
import { type Detector, onlyRole } from '../detector.ts';
import { type LossRegime, raisesOf } from '../loss-regime.ts';
import { isTotalLoss } from '../metric-names.ts';
import { endLevelOf, type SiblingCurve } from '../siblings.ts';
import { bounded } from '../statistics.ts';
import { about } from './about.ts';

interface State {
  /** Points of a full block. */
  size: number;
  /** Full blocks, at most `maxBlocks`. */
  blocks: Block[];
  filling: Block;
  /** The run's first block, which outlives changes of regime, and whether some block was well below it. */
  start: Block | null;
  hasLearned: boolean;
  /** Points since the learning rate last rose, or since the start. */
  sinceRise: number;
  reported: boolean;
  /** Changes of regime, and rises of the learning rate, before. */
  changes: number;
  rises: number;
}

const defaults = {
  /** Progress of the last three blocks as a share of what the three before it let expect if the loss went on flattening evenly. */
  stopped_share: 0.25,
  /** Progress of those three as a share of all progress. */
  steady_share: 0.15,
  /** The smallest of their three steps as a share of the largest: a step of the schedule falls in one block only. */
  steadiness: 0.35,
  /** Progress of those three as a share of the first block. */
  material_share: 0.025,
  /** What is missing must stand so many standard errors out of the noise. */
  sigmas: 5,
  /**
   * Nothing is learned: the best block is less than this share below the first after `min_points` points, the later half of them without a
   * rising learning rate. A stop can be told after half as many.
   */
  least_progress: 0.01,
  min_points: 320,
  /** A loss is where its siblings ended when it lies at most this share above the highest of them. */
  usual_share: 0.05,
  /** A learning rate below this share of its highest ends a run on purpose. */
  ended_rate: 0.1,
};
const firstSize = 8;
const maxBlocks = 16;
/** A value may lie so many standard deviations of the last block above it; more is a spike and counts as that much. */
const spikeSigmas = 6;
/** Each step of a loss that flattens evenly is this share of the one before at most. */
const leastSlowing = 0.85;
/** Means of blocks without progress differ by less than so many standard errors. */
const noiseSigmas = 5;
/** Share of the level that noise may hide. */
const largestNoise = 0.1;

function begin() {
  return { size: firstSize, blocks: [], filling: emptyBlock(), sinceRise: 0 };
}

/** `step` is the one at which it was established. */
export const plateau: Detector<State, typeof defaults> = {
  id: 'metric.plateau',
  version: 2,
  scope: 'series',
  thresholds: defaults,
  about,
  roleOf: (name) => onlyRole(isTotalLoss(name)),
  initial: () => ({ ...begin(), start: null, hasLearned: false, reported: false, changes: 0, rises: 0 }),
  observe(state, { step, value }, { name, regime, siblings, thresholds }) {
    followChanges(state, regime);
    if (!Number.isFinite(value)) return null;
    const isFull = take(state, value, thresholds);
    if (!isFull) return null;
    const found = state.reported || isEnding(regime, thresholds) ? null : judge(state, siblings[name], thresholds);
    if (found) state.reported = true;
    else compact(state);
    return found && { severity: 'info', name, step, data: { name, value, ...found } };
  },
};

function isEnding({ rate }: LossRegime, t: typeof defaults): boolean {
  return rate !== null && rate.value > 0 && rate.value < t.ended_rate * rate.peak;
}

/** Progress made before a change counts as learned, and a plateau that was reported as reported. */
function followChanges(state: State, regime: LossRegime): void {
  const changes = raisesOf(regime) + regime.cuts;
  if (state.changes !== changes) Object.assign(state, begin());
  if (state.rises !== regime.rises) state.sinceRise = 0;
  state.changes = changes;
  state.rises = regime.rises;
}

/** Answers whether the value filled a block. */
function take(state: State, value: number, t: typeof defaults): boolean {
  const { filling, size } = state;
  addToBlock(filling, Math.min(bounded(value), ceilingOf(state.blocks.at(-1))));
  state.sinceRise += 1;
  if (filling.count < size) return false;
  state.start ??= { ...filling };
  state.hasLearned ||= state.start.mean - filling.mean > leastProgress(state.start, filling, t);
  state.blocks.push(filling);
  state.filling = emptyBlock();
  return true;
}

function ceilingOf(last: Block | undefined): number {
  if (!last) return Number.POSITIVE_INFINITY;
  return last.mean + Math.max(spikeSigmas * Math.sqrt(last.squares / last.count), 0.05 * Math.abs(last.mean));
}

function compact(state: State): void {
  const { blocks } = state;
  if (blocks.length < maxBlocks) return;
  state.size *= 2;
  state.blocks = joinPairs(blocks);
}

function judge(own: State, siblings: readonly SiblingCurve[] | undefined, t: typeof defaults) {
  const usual = endLevelOf(siblings);
  const level = own.blocks.at(-1)?.mean ?? 0;
  const isUsual = usual !== null && level <= usual + t.usual_share * Math.abs(usual);
  return (isUsual ? null : findStop(own, t)) ?? findStillness(own, t);
}

/** Seven blocks bound six steps: three of progress, the one in which it stopped, two of none. */
function findStop({ blocks, size, sinceRise }: State, t: typeof defaults) {
  if (sinceRise < 7 * size || blocks.length * size < t.min_points / 2) return null;
  const last = blocks.slice(-7);
  const [first, , , turn, still, , end] = last;
  if (!first || !turn || !still || !end) return null;
  const steps = last.slice(1, 4).map((block, index) => (last[index]?.mean ?? 0) - block.mean);
  const [smallest, largest] = [Math.min(...steps), Math.max(...steps)];
  const earlier = first.mean - turn.mean;
  const later = still.mean - end.mean;
  const total = (blocks[0]?.mean ?? 0) - Math.min(...blocks.map(({ mean }) => mean));
  if (smallest <= t.steadiness * largest || earlier < t.steady_share * total) return null;
  if (earlier < t.material_share * Math.abs(blocks[0]?.mean ?? 0)) return null;
  const error = Math.max(...last.map(errorOf));
  const slowing = Math.min(leastSlowing, Math.sqrt((steps[2] ?? 0) / (steps[0] ?? 1)));
  const expected = (earlier * (slowing ** 4 + slowing ** 5)) / (1 + slowing + slowing ** 2);
  const rise = Math.max(...last.slice(4).map(({ mean }) => mean)) - turn.mean;
  // A loss that grows is the divergence detector's.
  if (later > t.stopped_share * expected || expected - later < t.sigmas * error || rise > earlier) return null;
  return {
    mode: 'stopped',
    earlier_progress: earlier,
    later_progress: later,
    expected_progress: expected,
    points: 2 * size,
  };
}

function leastProgress(start: Block, block: Block, t: typeof defaults): number {
  return Math.max(t.least_progress * Math.abs(start.mean), noiseSigmas * Math.hypot(errorOf(start), errorOf(block)));
}

function findStillness({ blocks, hasLearned, sinceRise }: State, t: typeof defaults) {
  const [first, ...others] = blocks;
  if (hasLearned) return null;
  const points = blocks.reduce((sum, { count }) => sum + count, 0);
  if (!first || points < t.min_points || sinceRise < t.min_points / 2) return null;
  const best = Math.min(...others.map(({ mean }) => mean));
  const worst = Math.max(...others.map(({ mean }) => mean));
  const error = Math.max(...blocks.map(errorOf));
  const least = Math.max(t.least_progress * Math.abs(first.mean), noiseSigmas * error);
  if (first.mean - best > least || worst - first.mean > 2 * least) return null;
  // Noise so large that progress could hide in it says nothing.
  if (noiseSigmas * error > largestNoise * Math.abs(first.mean)) return null;
  return { mode: 'never-learned', earlier_progress: first.mean - best, later_progress: 0, points };
}
