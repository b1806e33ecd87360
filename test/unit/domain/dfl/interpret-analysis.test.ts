import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { CaptureAnalysis } from '../../../../src/contracts/analysis.ts';
import type { CaptureShape } from '../../../../src/contracts/capture.ts';
import type { DflRecomputation, SelectionReplay, StrangerRows } from '../../../../src/contracts/dfl.ts';
import { strangerKinds } from '../../../../src/contracts/dfl.ts';
import { saturatedFrom, saturation } from '../../../../src/domain/dfl/capture-findings.ts';
import { interpretAnalysis } from '../../../../src/domain/dfl/interpret-analysis.ts';
import type { MeasuredCapture } from '../../../../src/domain/dfl/types.ts';

const shape: CaptureShape = {
  positives: 20,
  bins: 17,
  regRange: { lo: 0, hi: 17 },
  formulation: 'ppyoloe',
  rounding: 'floor',
  normalizer: 8,
  normalizerGiven: true,
  reportedLossDfl: null,
  reportedRounding: 0,
  precision: 'F32',
  step: null,
  hasWeight: true,
  unusedTensors: [],
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
const intact: SelectionReplay = {
  checked: 20,
  mismatchedRows: 0,
  selectedRows: 20,
  examples: [],
  ranges: [],
  rangeCount: 0,
  strangers: null,
};
/** Rows 5 to 9 of 20 hold what `kinds` says. */
function corrupted(kinds: Partial<StrangerRows['kinds']>, parts: Partial<StrangerRows> = {}): SelectionReplay {
  const none = Object.fromEntries(strangerKinds.map((kind) => [kind, 0])) as StrangerRows['kinds'];
  return {
    ...intact,
    mismatchedRows: 5,
    examples: [{ row: 5, expected: [1, 2, 3, 4], got: [460, Number.NaN, 3, 4] }],
    ranges: [{ first: 5, last: 9 }],
    rangeCount: 1,
    strangers: { inspected: 5, kinds: { ...none, ...kinds }, shift: null, source: null, decoded: null, ...parts },
  };
}
function interpret(parts: {
  loss?: Partial<DflRecomputation>;
  shape?: Partial<CaptureShape>;
  selection?: MeasuredCapture['selection'];
  worldSize?: number;
  groupStrides?: number[];
  divisor?: number;
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
    groupStrides: parts.groupStrides ?? [],
    divisor: parts.divisor ?? 8,
  });
  return { ...result, ids: result.findings.map((finding) => finding.id) };
}

describe('interpretAnalysis', () => {
  it('finds nothing in a sound capture', () => {
    expect(
      interpret({
        shape: { reportedLossDfl: 2.50004 },
        selection: intact,
      }).ids,
    ).toEqual([]);
  });

  it('reports a selection that is not what was selected, with the first row and where the rows lie', () => {
    const { findings, analysis } = interpret({ selection: corrupted({ ordinary: 3, zeros: 2 }) });
    expect(findings).toMatchObject([
      {
        id: 'dfl.selection-mismatch',
        kind: 'capture',
        ref: 'cap-1',
        rank: 1,
        step: 3,
        severity: 'critical',
        data: { mismatched_rows: 5, got: [460, 'NaN', 3, 4], ranges: ['5-9'], pattern: 'block', content: 'unknown' },
      },
    ]);
    expect(analysis.selection).toMatchObject({ checked: 20, mismatched_rows: 5, mismatched_ranges: [[5, 9]] });
    expect(JSON.parse(JSON.stringify(analysis))).toEqual(analysis);
    expect(Value.Check(CaptureAnalysis, analysis)).toBe(true);
  });

  it('says that a selection is shifted, by how many rows and between which images', () => {
    const { findings, analysis } = interpret({
      shape: { selection: { images: 2, anchors: 30 } },
      selection: corrupted(
        { shifted: 5 },
        {
          shift: { rows: { first: 5, last: 9 }, holds: { first: 0, last: 4 } },
          source: { row: 5, expectedAnchor: 31, heldAnchor: 2 },
        },
      ),
    });
    expect(findings[1]).toMatchObject({
      id: 'dfl.selection-shifted',
      severity: 'info',
      data: { rows: '5-9', holds: '0-4', distance: 5, image: 1, held_image: 0, percent: 100 },
    });
    expect(analysis.selection?.held?.source).toEqual({ row: 5, image: 1, held_image: 0, held_anchor: 2 });
    expect(Value.Check(CaptureAnalysis, analysis)).toBe(true);
  });

  it('suggests no range from targets of a corrupted selection', () => {
    const saturated = { atUpperClip: 60, floorPercentiles: { low: 0, high: 15 } };
    const { analysis } = interpret({ loss: saturated, selection: corrupted({ zeros: 5 }) });
    expect(analysis.range_fit).toMatchObject({ verdict: 'unknown', smallest: null, upper_clip_rate: 0.75 });
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
    ['reported without division', 20, {}, ['not-divided']],
    ['divided twice', 2.5 / 8, {}, ['divided-twice']],
    ['summed over ranks', 12.5, { worldSize: 5 }, ['summed-over-ranks']],
    ['of two heads or two ranks', 5, { worldSize: 2 }, ['summed-over-ranks', 'auxiliary-head']],
    ['off by no known divisor', 3.3, { worldSize: 4 }, []],
  ])('reports a loss %s, with every reason', (_, reported, parts, reasons) => {
    const { findings, analysis } = interpret({ shape: { reportedLossDfl: reported }, ...parts });
    expect(findings[0]).toMatchObject({ id: 'dfl.loss-mismatch', data: { reported, recomputed: 2.5, reasons } });
    expect(findings.slice(1).map(({ id }) => id)).toEqual(reasons.map((reason) => `dfl.loss-${reason}`));
    expect(analysis.comparison.explanations.map(({ reason }) => reason)).toEqual(reasons);
  });

  it('reports weights that do not add up to the normalizer of a single rank, and of no other', () => {
    const ids = ['dfl.weights-differ-from-normalizer'];
    expect(interpret({ worldSize: 1, loss: { weightSum: 16 } }).ids).toEqual(ids);
    expect(interpret({ worldSize: 1, loss: { weightSum: 8.01 } }).ids).toEqual([]);
    expect(interpret({ worldSize: 2, loss: { weightSum: 16 } }).ids).toEqual([]);
    expect(interpret({ loss: { weightSum: 16 } }).ids).toEqual([]);
    expect(interpret({ worldSize: 1, shape: { normalizer: 1 }, loss: { weightSum: 0.4 } }).ids).toEqual([]);
    expect(interpret({ worldSize: 1, shape: { normalizer: 1 }, loss: { weightSum: 3 } }).ids).toEqual(ids);
    expect(interpret({ worldSize: 1, shape: { normalizer: 0.4 }, loss: { weightSum: 0.4 } }).ids).toEqual([]);
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
    const limit = Math.floor(saturatedFrom(80) * 80);
    expect(interpret({ loss: { atUpperClip: limit } }).ids).toEqual([]);
    expect(interpret({ loss: { atUpperClip: limit + 1 } }).findings).toMatchObject([
      { id: 'dfl.targets-saturated', data: { bound: 'upper' } },
    ]);
    expect(interpret({ loss: { atLowerClip: limit + 1 } }).findings[0]?.data.bound).toBe('lower');
    expect(
      interpret({ loss: { distributions: saturation.minSides - 4, atUpperClip: saturation.minSides - 4 } }).ids,
    ).toEqual([]);
    // Of many sides a smaller share is no accident.
    expect(interpret({ loss: { distributions: 800, atUpperClip: 0.17 * 800 } }).ids).toEqual(['dfl.targets-saturated']);
    expect(interpret({ loss: { distributions: 80, atUpperClip: 0.17 * 80 } }).ids).toEqual([]);
  });
});
