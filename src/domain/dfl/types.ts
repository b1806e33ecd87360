// What the kernels measure of a capture, as this layer reads it (domain imports no kernels; the shapes are kernels/dfl/contract.ts and
// kernels/dfl/selection.ts).

export interface MeasuredLoss {
  lossDfl: number | null;
  lossDflValid: number | null;
  /** 4 P. */
  distributions: number;
  belowRange: number;
  aboveRange: number;
  nonFiniteTargets: number;
  nonFiniteLogits: number;
  atLowerClip: number;
  atUpperClip: number;
  targetMin: number | null;
  targetMax: number | null;
  binHistogram: number[];
  entropyMean: number | null;
  offenders: { row: number; side: 0 | 1 | 2 | 3; target: number }[];
}

export interface MeasuredSelection {
  checked: number;
  mismatchedRows: number;
  selectedRows: number;
  examples: { row: number; expected: number[]; got: number[] }[];
}
