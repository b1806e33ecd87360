import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { CaptureAnalysis, type CaptureShape } from '../../../../src/contracts/capture.ts';
import type { DflRecomputation } from '../../../../src/contracts/dfl.ts';
import { interpretAnalysis, type MeasuredCapture, saturation } from '../../../../src/domain/dfl/interpret-analysis.ts';

const shape: CaptureShape = {
  positives: 20,
  bins: 17,
  regRange: { lo: 0, hi: 17 },
  formulation: 'ppyoloe',
  rounding: 'floor',
  normalizer: 8,
  reportedLossDfl: null,
  step: null,
  hasWeight: true,
  selection: { images: 1, anchors: 40 },
  imageIds: Array.from({ length: 20 }, (_, row) => `img-${row}`),
  strides: Array.from({ length: 20 }, () => 8),
};
const loss: DflRecomputation = {
  lossDfl: 2.5,
  lossDflValid: 2.5,
  distributions: 80,
  belowRange: 0,
  aboveRange: 0,
  nonFiniteTargets: 0,
  nonFiniteLogits: 0,
  atLowerClip: 0,
  atUpperClip: 0,
  targetMin: 0.5,
  targetMax: 12,
  binHistogram: Array.from({ length: 17 }, () => 4),
  targetCounts: [],
  floorPercentiles: { low: 0, high: 12 },
  weightSum: 8,
  nonFiniteWeights: 0,
  entropyMean: 1,
  firstNonFiniteLogits: [],
  offenders: [],
};
function interpret(parts: {
  loss?: Partial<DflRecomputation>;
  shape?: Partial<CaptureShape>;
  selection?: MeasuredCapture['selection'];
  worldSize?: number;
}) {
  const result = interpretAnalysis({
    recomputation: { ...loss, ...parts.loss },
    selection: parts.selection ?? null,
    shape: { ...shape, ...parts.shape },
    backend: 'cpu',
    device: 'test',
    captureId: 'cap-1',
    rank: 1,
    step: 3,
    worldSize: parts.worldSize ?? null,
    groupStrides: [],
  });
  return { ...result, ids: result.findings.map((finding) => finding.id) };
}

describe('interpretAnalysis', () => {
  it('finds nothing in a sound capture', () => {
    expect(
      interpret({
        shape: { reportedLossDfl: 2.5004 },
        selection: { checked: 20, mismatchedRows: 0, selectedRows: 20, examples: [] },
      }).ids,
    ).toEqual([]);
  });

  it('reports a selection that is not what was selected, with the first row', () => {
    const examples = [{ row: 2, expected: [1, 2, 3, 4], got: [460, Number.NaN, 3, 4] }];
    const { findings, analysis } = interpret({
      selection: { checked: 20, mismatchedRows: 5, selectedRows: 20, examples },
    });
    expect(findings).toMatchObject([
      {
        id: 'dfl.selection-mismatch',
        kind: 'capture',
        ref: 'cap-1',
        rank: 1,
        step: 3,
        severity: 'critical',
        data: { mismatched_rows: 5, got: [460, 'NaN', 3, 4] },
      },
    ]);
    expect(analysis.selection).toEqual({ checked: 20, mismatched_rows: 5 });
    expect(JSON.parse(JSON.stringify(analysis))).toEqual(analysis);
  });

  it('reports targets beyond either end and NaN, and spells them in the analysis', () => {
    const { ids, analysis, findings } = interpret({
      loss: {
        lossDfl: null,
        belowRange: 1,
        aboveRange: 1,
        nonFiniteTargets: 1,
        nonFiniteLogits: 2,
        targetMin: -6,
        targetMax: 28,
        offenders: [
          { row: 4, side: 1, target: Number.NaN },
          { row: 1, side: 2, target: 28 },
          { row: 0, side: 0, target: -6 },
        ],
      },
    });
    expect(ids).toEqual([
      'dfl.target-below-range',
      'dfl.target-above-range',
      'dfl.target-non-finite',
      'dfl.logit-non-finite',
    ]);
    expect(findings[1]?.data).toMatchObject({ row: 1, side: 'right', image_id: 'img-1' });
    expect(analysis.offenders[0]).toEqual({ row: 4, side: 'top', target: 'NaN', image_id: 'img-4', stride: 8 });
    expect(Value.Check(CaptureAnalysis, analysis)).toBe(true);
  });

  it.each([
    ['reported without division', 20, {}, 'normalizer'],
    ['divided twice', 2.5 / 8, {}, 'inverse-normalizer'],
    ['summed over ranks', 10, { worldSize: 4 }, 'world-size'],
    ['off by no known divisor', 3.3, { worldSize: 4 }, null],
  ])('reports a loss %s', (_, reported, parts, factor) => {
    const { findings } = interpret({ shape: { reportedLossDfl: reported }, ...parts });
    expect(findings).toMatchObject([{ id: 'dfl.loss-mismatch', data: { reported, recomputed: 2.5, factor } }]);
  });

  it('accepts a reported loss within float32 logging, and refuses one just outside of the tolerance', () => {
    expect(interpret({ shape: { reportedLossDfl: 2.5 * 1.0009 } }).ids).toEqual([]);
    expect(interpret({ shape: { reportedLossDfl: 2.5 * 1.0011 } }).ids).toEqual(['dfl.loss-mismatch']);
  });

  it('compares nothing when the trainer itself could not have had a finite loss', () => {
    const { ids, analysis } = interpret({ loss: { lossDfl: null }, shape: { reportedLossDfl: 5885 } });
    expect(ids).toEqual([]);
    expect(analysis.relative_difference).toBeNull();
  });

  it('reports NaN beside a finite recomputed loss', () => {
    const { ids, analysis } = interpret({ shape: { reportedLossDfl: Number.NaN } });
    expect(ids).toEqual(['dfl.loss-mismatch']);
    expect(analysis.reported_loss_dfl).toBe('NaN');
  });

  it('reports saturation above the threshold only, and never on few sides', () => {
    const limit = saturation.share * 80;
    expect(interpret({ loss: { atUpperClip: limit } }).ids).toEqual([]);
    expect(interpret({ loss: { atUpperClip: limit + 1 } }).findings).toMatchObject([
      { id: 'dfl.targets-saturated', data: { bound: 'upper' } },
    ]);
    expect(interpret({ loss: { atLowerClip: limit + 1 } }).findings[0]?.data.bound).toBe('lower');
    expect(
      interpret({ loss: { distributions: saturation.minSides - 4, atUpperClip: saturation.minSides - 4 } }).ids,
    ).toEqual([]);
  });
});
