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
    data: ['ratio', 'factor'],
    read: ({ findings }) => {
      const finding = findings.find(
        (candidate) => candidate.id === 'dfl.loss-mismatch' && candidate.data.factor != null,
      );
      return finding ? { ratio: finding.data.ratio ?? null, factor: finding.data.factor ?? null } : null;
    },
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
];

function saturated(findings: SignalInput['findings'], bound: 'upper' | 'lower') {
  const finding = findings.find(
    (candidate) => candidate.id === 'dfl.targets-saturated' && candidate.data.bound === bound,
  );
  return finding ? { percent: finding.data.percent ?? null, bound } : null;
}
