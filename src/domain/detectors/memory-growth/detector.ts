// Memory grows and grows: tensors or objects are kept from step to step. Caches and allocators grow at the start, in steps, and stop; a leak
// goes on. Told over blocks of points, each of which must lie above the one before.
import { type Detector, onlyRole } from '../detector.ts';
import { isMemory } from '../metric-names.ts';
import { bounded, pushBounded } from '../statistics.ts';
import { about } from './about.ts';

interface State {
  /** Means of the last full blocks, at most `blocks`. */
  means: number[];
  sum: number;
  count: number;
  /** Step at which each of those blocks began. */
  starts: number[];
  reported: boolean;
}

const defaults = {
  block_points: 25,
  blocks: 8,
  /** Growth from block to block, as a share of the level at the first of them. */
  block_growth: 0.01,
  total_growth: 0.2,
  /** Level at which it ends, in the unit of the metric; 0 when it is not known. */
  limit: 0,
};

/** `step` is the beginning of the growth as far as it is remembered. */
export const memoryGrowth: Detector<State, typeof defaults> = {
  id: 'metric.memory-growth',
  version: 1,
  scope: 'series',
  thresholds: defaults,
  about,
  roleOf: (name) => onlyRole(isMemory(name)),
  initial: () => ({ means: [], sum: 0, count: 0, starts: [], reported: false }),
  observe(state, { step, value }, { name, thresholds: t }) {
    if (!Number.isFinite(value)) return null;
    const { means, starts } = state;
    if (state.count === 0) pushBounded(starts, step, t.blocks);
    state.sum += bounded(value);
    state.count += 1;
    if (state.count < t.block_points) return null;
    pushBounded(means, state.sum / state.count, t.blocks);
    state.sum = 0;
    state.count = 0;
    const growth = growthOf(means, t);
    if (growth === null) state.reported = false;
    if (growth === null || state.reported || growth < t.total_growth) return null;
    state.reported = true;
    const first = means[0] ?? 0;
    const last = means.at(-1) ?? 0;
    const from = starts[0] ?? step;
    const perStep = (last - first) / Math.max(1, step - from);
    const full = t.limit > last ? Math.round(step + (t.limit - last) / perStep) : null;
    const data = { name, value, growth_percent: Math.round(1000 * growth) / 10, per_step: perStep, full_at_step: full };
    return { severity: 'info', name, step: from, data };
  },
};

/** Growth over all blocks as a share of the first; null unless every one lies above the one before. */
function growthOf(means: number[], t: typeof defaults): number | null {
  const [first] = means;
  if (first === undefined || first <= 0 || means.length < t.blocks) return null;
  const grows = means.slice(1).every((mean, index) => mean - (means[index] ?? mean) > t.block_growth * first);
  return grows ? ((means.at(-1) ?? first) - first) / first : null;
}
