// The loss stands still well above where it stood, at the same step, in finished runs with the same config. A run has no better measure of
// what it should have learned by now; without siblings nothing is found. The plateau detector needs a run's own steady progress before the
// stop, this one does not, so it also sees a run that was slow from the start, and a stop within one step.
import { addToBlock, type Block, emptyBlock, errorOf, joinPairs } from '../blocks.ts';
import { type Detector, onlyRole } from '../detector.ts';
import { isTotalLoss } from '../metric-names.ts';
import { levelAt, type SiblingCurve } from '../siblings.ts';
import { bounded } from '../statistics.ts';
import { about } from './about.ts';

interface Stretch extends Block {
  /** Last step in it. */
  step: number;
}

interface State {
  /** Points of a full block. */
  size: number;
  blocks: Stretch[];
  filling: Stretch;
  reported: boolean;
}

const defaults = {
  /** Share by which the loss must lie above that of every sibling, in each of the last three blocks. */
  behind_share: 0.2,
  /** Progress over these blocks, as a share of the level, that is still none. */
  least_progress: 0.01,
  /** Both must stand so many standard errors out of the noise. */
  sigmas: 5,
  /** Points before which nothing is said. */
  min_points: 96,
};
const firstSize = 8;
const maxBlocks = 16;
const compared = 3;

/** `step` is the one at which it was established. */
export const behindSiblings: Detector<State, typeof defaults> = {
  id: 'metric.behind-siblings',
  version: 1,
  scope: 'series',
  thresholds: defaults,
  about,
  roleOf: (name) => onlyRole(isTotalLoss(name)),
  initial: () => ({ size: firstSize, blocks: [], filling: emptyStretch(), reported: false }),
  observe(state, { step, value }, { name, siblings, thresholds }) {
    const curves = siblings[name];
    if (state.reported || !curves || !Number.isFinite(value)) return null;
    if (!take(state, bounded(value), step)) return null;
    const found = judge(state, curves, thresholds);
    if (found) state.reported = true;
    return found && { severity: 'info', name, step, data: { name, value, ...found } };
  },
};

function emptyStretch(): Stretch {
  return { ...emptyBlock(), step: 0 };
}

/** Answers whether the value filled a block. */
function take(state: State, value: number, step: number): boolean {
  const { filling, size } = state;
  addToBlock(filling, value);
  filling.step = Math.max(filling.step, step);
  if (filling.count < size) return false;
  state.blocks.push(filling);
  state.filling = emptyStretch();
  if (state.blocks.length >= maxBlocks) {
    state.size *= 2;
    state.blocks = joinPairs(state.blocks);
  }
  return true;
}

function judge({ blocks, size }: State, curves: readonly SiblingCurve[], t: typeof defaults) {
  const last = blocks.slice(-compared);
  const [first, end] = [last[0], last.at(-1)];
  if (!first || !end || last.length < compared || blocks.length * size < t.min_points) return null;
  const noise = t.sigmas * Math.max(...last.map(errorOf));
  const lowest = Math.min(...last.map(({ mean }) => mean));
  if (first.mean - lowest > Math.max(noise / 2, t.least_progress * Math.abs(first.mean))) return null;
  const usual = last.map(({ step }) => highestAt(curves, step));
  const isBehind = last.every(({ mean }, place) => {
    const level = usual[place];
    return level != null && mean - level > Math.max(noise, t.behind_share * Math.abs(level));
  });
  const level = usual.at(-1);
  // Noise so large that progress could hide in it says nothing.
  if (!isBehind || level == null || noise / 2 > t.behind_share * Math.abs(end.mean)) return null;
  return { level: end.mean, sibling_level: level, siblings: curves.length, points: compared * size };
}

/** The highest level of the siblings that came so far; null when none did. */
function highestAt(curves: readonly SiblingCurve[], step: number): number | null {
  const levels = curves.flatMap((curve) => levelAt(curve, step) ?? []);
  return levels.length > 0 ? Math.max(...levels) : null;
}
