// Every finding the code can make, with the data its sentence in catalog/findings.yaml may use beside run, step, rank and occurrences.

const range = ['count', 'reg_range', 'distributions', 'target_min', 'target_max', 'row', 'side', 'image_id'];
const metric = ['name', 'value'];

export const knownFindings: ReadonlyMap<string, readonly string[]> = new Map([
  ['dfl.selection-mismatch', ['mismatched_rows', 'checked', 'selected_rows', 'row', 'expected', 'got']],
  ['dfl.target-below-range', range],
  ['dfl.target-above-range', range],
  ['dfl.target-non-finite', range],
  ['dfl.logit-non-finite', ['count', 'logits']],
  [
    'dfl.loss-mismatch',
    ['reported', 'recomputed', 'relative_difference', 'tolerance', 'ratio', 'factor', 'normalizer'],
  ],
  ['dfl.targets-saturated', ['bound', 'count', 'distributions', 'percent', 'threshold_percent', 'reg_range']],
  ['metric.non-finite', [...metric, 'previous_value', 'previous_step', 'windowed']],
  ['metric.diverging', [...metric, 'threshold', 'from_step', 'best', 'current', 'factor']],
  ['metric.zero-from-start', [...metric, 'points', 'threshold']],
  ['metric.impossible-value', [...metric, 'limit', 'threshold', 'world_size', 'world_size_known']],
  ['metric.absurd-first-loss', [...metric, 'expected', 'ratio', 'threshold', 'bins', 'bins_assumed']],
]);

/** Data that every finding has when it is shown. */
export const commonFindingData: readonly string[] = ['run', 'step', 'rank', 'occurrences'];
