// Signals about the analysed captures: the tensors themselves, the strongest evidence there is.
import type { CaptureFacts } from '../../diagnosis/types.ts';
import { present, type SignalInput, type SignalRule } from './signal.ts';

/** Data shared by the signals about target ranges. */
function rangeOf(captures: CaptureFacts) {
  const range = captures.regRange;
  return {
    captures: captures.analysed,
    target_min: captures.targetMin,
    target_max: captures.targetMax,
    reg_range: range ? `[${range[0]}, ${range[1]})` : null,
  };
}
const rangeData = ['captures', 'target_min', 'target_max', 'reg_range'] as const;

function when(isSo: (captures: CaptureFacts) => boolean) {
  return ({ captures }: SignalInput) =>
    captures && captures.analysed > 0 && isSo(captures) ? rangeOf(captures) : null;
}

function isIntact(captures: CaptureFacts): boolean {
  return captures.selectionChecked > 0 && captures.selectionMismatched === 0;
}

function isFarAbove({ regRange, targetMax }: CaptureFacts): boolean {
  return regRange !== null && targetMax !== null && targetMax > 3 * regRange[1];
}

/** All offenders lie above the range. */
function isOnlyAbove({ aboveRange, belowRange }: CaptureFacts): boolean {
  return aboveRange > 0 && belowRange === 0;
}

export const captureSignals: SignalRule[] = [
  {
    id: 'capture.selection-mismatch',
    data: ['rows', 'mismatched', 'checked'],
    read: ({ captures }) =>
      present((captures?.selectionMismatched ?? 0) > 0, {
        rows: captures?.mismatchedRows ?? null,
        mismatched: captures?.selectionMismatched ?? null,
        checked: captures?.selectionChecked ?? null,
      }),
  },
  {
    id: 'capture.selection-intact',
    data: ['checked'],
    read: ({ captures }) =>
      present(captures !== null && isIntact(captures), { checked: captures?.selectionChecked ?? null }),
  },
  { id: 'capture.targets-out-of-range', data: rangeData, read: when((captures) => captures.outOfRange > 0) },
  {
    id: 'capture.targets-in-range',
    data: rangeData,
    read: when((captures) => captures.outOfRange === 0 && captures.nonFiniteTargets === 0),
  },
  {
    // Out of range already before the selection: the assigned targets themselves are wrong.
    id: 'capture.source-out-of-range',
    data: rangeData,
    read: when((captures) => captures.outOfRange > 0 && isIntact(captures)),
  },
  {
    id: 'capture.targets-beyond-top',
    data: rangeData,
    read: when((captures) => isOnlyAbove(captures) && !isFarAbove(captures)),
  },
  {
    id: 'capture.targets-far-beyond-top',
    data: rangeData,
    read: when((captures) => isOnlyAbove(captures) && isFarAbove(captures)),
  },
  { id: 'capture.targets-negative', data: rangeData, read: when((captures) => captures.belowRange > 0) },
  {
    id: 'capture.non-finite-targets',
    data: ['count'],
    read: ({ captures }) =>
      present((captures?.nonFiniteTargets ?? 0) > 0, { count: captures?.nonFiniteTargets ?? null }),
  },
  {
    id: 'capture.non-finite-logits',
    data: ['count'],
    read: ({ captures }) => present((captures?.nonFiniteLogits ?? 0) > 0, { count: captures?.nonFiniteLogits ?? null }),
  },
  {
    id: 'capture.loss-off-by-divisor',
    data: ['ratio', 'reasons'],
    read: ({ findings }) => lossExplainedBy(findings, divisorReasons),
  },
  {
    id: 'capture.loss-has-its-weight',
    data: ['ratio', 'reasons'],
    read: ({ findings }) => lossExplainedBy(findings, ['weight-applied']),
  },
  {
    id: 'capture.loss-reduced-otherwise',
    data: ['ratio', 'reasons'],
    read: ({ findings }) => lossExplainedBy(findings, ['summed-over-sides', 'averaged-twice', 'times-batch-size']),
  },
  {
    id: 'capture.loss-of-two-heads',
    data: ['ratio', 'reasons'],
    read: ({ findings }) => lossExplainedBy(findings, ['auxiliary-head']),
  },
  {
    id: 'capture.loss-unexplained',
    data: ['ratio'],
    read: ({ findings }) => {
      const mismatch = findings.find(({ id }) => id === 'dfl.loss-mismatch');
      const isExplained = Array.isArray(mismatch?.data.reasons) && mismatch.data.reasons.length > 0;
      return mismatch && !isExplained ? { ratio: mismatch.data.ratio ?? null } : null;
    },
  },
  {
    id: 'capture.weights-differ',
    data: ['weight_sum', 'normalizer'],
    read: ({ findings }) => {
      const finding = findings.find(({ id }) => id === 'dfl.weights-differ-from-normalizer');
      return finding
        ? { weight_sum: finding.data.weight_sum ?? null, normalizer: finding.data.normalizer ?? null }
        : null;
    },
  },
  {
    // Zeros, other types and numbers that no target is: memory that the selection did not write.
    id: 'capture.selection-unwritten',
    data: ['content'],
    read: ({ findings }) => selectionHolds(findings, unwritten),
  },
  {
    id: 'capture.selection-other-rows',
    data: ['content'],
    read: ({ findings }) => selectionHolds(findings, ['shifted', 'reordered', 'unselected']),
  },
  {
    id: 'capture.saturated-upper',
    data: ['percent', 'bound'],
    read: ({ findings }) => saturated(findings, 'upper'),
  },
  {
    id: 'capture.saturated-lower',
    data: ['percent', 'bound'],
    read: ({ findings }) => saturated(findings, 'lower'),
  },
  {
    id: 'capture.wider-range-fits',
    data: ['suggested_reg_range'],
    read: ({ findings }) => {
      const found = findings.find(({ id, data }) => id === 'dfl.targets-saturated' && data.suggested_reg_range != null);
      return found ? { suggested_reg_range: found.data.suggested_reg_range ?? null } : null;
    },
  },
];

const divisorReasons: readonly string[] = [
  'not-divided',
  'divided-twice',
  'normalizer-not-clipped',
  'divided-by-weights',
  'divided-by-positives',
  'summed-over-ranks',
  'normalizer-summed-over-ranks',
];
const unwritten: readonly string[] = ['zeros', 'repeated', 'integers', 'other-floats', 'uninitialised'];

/** The reported loss is off by a ratio that one of `reasons` explains; `reasons` in the data are those that do. */
function lossExplainedBy(findings: SignalInput['findings'], reasons: readonly string[]) {
  for (const { id, data } of findings) {
    if (id !== 'dfl.loss-mismatch' || !Array.isArray(data.reasons)) continue;
    const fitting = data.reasons.filter((reason) => reasons.includes(String(reason)));
    if (fitting.length > 0) return { ratio: data.ratio ?? null, reasons: fitting };
  }
  return null;
}

function selectionHolds(findings: SignalInput['findings'], contents: readonly string[]) {
  const found = findings.find(
    ({ id, data }) => id === 'dfl.selection-mismatch' && contents.includes(String(data.content)),
  );
  return found ? { content: found.data.content ?? null } : null;
}

function saturated(findings: SignalInput['findings'], bound: 'upper' | 'lower') {
  const finding = findings.find(
    (candidate) => candidate.id === 'dfl.targets-saturated' && candidate.data.bound === bound,
  );
  return finding ? { percent: finding.data.percent ?? null, bound } : null;
}
