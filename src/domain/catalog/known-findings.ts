// Every finding the code can make, with the data its sentence in catalog/findings.yaml may use beside run, step, rank and occurrences.

import { lossReasons, selectionContents } from '../../contracts/analysis.ts';

const place = ['row', 'side', 'image_id', 'stride'];
const range = ['count', 'reg_range', 'distributions', 'target_min', 'target_max', ...place];
const cost = ['suggested_reg_range', 'extra_bins', 'channels', 'cost_percent'];
const metric = ['name', 'value'];

export const knownFindings: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'dfl.selection-mismatch',
    [
      ...['mismatched_rows', 'checked', 'selected_rows', 'row', 'expected', 'got'],
      ...['ranges', 'range_count', 'pattern', 'content'],
    ],
  ],
  ...selectionContents
    .filter((content) => content !== 'unknown')
    .map((content): [string, string[]] => [
      `dfl.selection-${content}`,
      ['rows', 'holds', 'distance', 'image', 'held_image', 'percent', 'inspected', 'row', 'decoded'],
    ]),
  ['dfl.target-below-range', range],
  ['dfl.target-above-range', range],
  ['dfl.target-non-finite', range],
  ['dfl.logit-non-finite', ['count', 'logits', ...place, 'bin', 'value']],
  [
    'dfl.loss-mismatch',
    ['reported', 'recomputed', 'relative_difference', 'tolerance', 'ratio', 'reasons', 'normalizer'],
  ],
  ...lossReasons.map((reason): [string, string[]] => [
    `dfl.loss-${reason}`,
    [
      ...['reported', 'recomputed', 'ratio', 'expected_ratio', 'approximate', 'place', 'explanations'],
      ...['divisor', 'normalizer', 'weight_sum', 'positives', 'world_size'],
    ],
  ]),
  ['dfl.weights-differ-from-normalizer', ['weight_sum', 'normalizer', 'ratio', 'tolerance']],
  [
    'dfl.targets-saturated',
    [
      ...['bound', 'count', 'distributions', 'percent', 'threshold_percent', 'reg_range'],
      ...['worst_side', 'worst_stride', 'worst_percent', 'estimated', ...cost],
    ],
  ],
  ...['clip-rate', 'occupancy', 'entropy', 'difference'].map((what): [string, string[]] => [
    `dfl.${what}-drift`,
    ['usual', 'present'],
  ]),
  ['dfl.reg-range-wide', ['reg_range', 'outside_percent', 'distributions', 'target_max', ...cost]],
  ['metric.non-finite', [...metric, 'previous_value', 'previous_step', 'windowed']],
  ['metric.spike', [...metric, 'threshold', 'median', 'factor']],
  ['metric.diverging', [...metric, 'threshold', 'from_step', 'best', 'current', 'factor']],
  ['metric.plateau', [...metric, 'mode', 'earlier_progress', 'later_progress', 'expected_progress', 'points']],
  ['metric.behind-siblings', [...metric, 'level', 'sibling_level', 'siblings', 'points']],
  ['metric.total-mismatch', [...metric, 'sum', 'parts', 'weights', 'error', 'tolerance']],
  ['metric.learning-rate-zero', [...metric, 'previous_value', 'threshold']],
  ['metric.learning-rate-absurd', [...metric, 'threshold', 'images']],
  ['metric.gradient-exploding', [...metric, 'median', 'threshold', 'points']],
  ['metric.gradient-vanishing', [...metric, 'threshold', 'points']],
  ['metric.loss-scale-collapsed', [...metric, 'from', 'threshold']],
  ['metric.update-ratio', [...metric, 'mode', 'threshold', 'points']],
  ['metric.throughput-drop', [...metric, 'best', 'current', 'threshold', 'bound', 'wait_share']],
  ['metric.memory-growth', [...metric, 'growth_percent', 'per_step', 'full_at_step']],
  ['metric.overfit', [...metric, 'best', 'best_step', 'threshold']],
  ['run.stalled', ['reason', 'phase', 'silent_since', 'silent_s', 'deadline', 'grace_s', 'usual_s']],
  ['metric.zero-from-start', [...metric, 'points', 'threshold']],
  ['metric.impossible-value', [...metric, 'limit', 'threshold', 'world_size', 'world_size_known']],
  ['metric.absurd-first-loss', [...metric, 'expected', 'ratio', 'threshold', 'bins', 'bins_assumed']],
]);

/** Data that every finding has when it is shown. */
export const commonFindingData: readonly string[] = ['run', 'step', 'rank', 'occurrences'];
