import { describe, expect, it } from 'vitest';
import { PublicError } from '../../../../src/contracts/errors.ts';
import { checkCaptureHeader } from '../../../../src/kernels/dfl/capture-header.ts';
import type { SafetensorsDtype } from '../../../../src/kernels/safetensors/dtypes.ts';
import type { SafetensorsHeader } from '../../../../src/kernels/safetensors/parse-header.ts';

type Tensors = Record<string, [SafetensorsDtype, ...number[]]>;

/** A header with these tensors; only dtype and shape matter here. */
function header(tensors: Tensors, metadata: Record<string, string> = {}): SafetensorsHeader {
  const entries = Object.entries(tensors).map(
    ([name, [dtype, ...shape]]) => [name, { dtype, shape, begin: 0, end: 0 }] as const,
  );
  return { metadata, tensors: new Map(entries), bufferBytes: 0 };
}

const plain: Tensors = { pred_dist: ['F32', 3, 4, 17], target: ['F32', 3, 4] };

describe('checkCaptureHeader', () => {
  it('reads the smallest capture with its defaults', () => {
    expect(checkCaptureHeader(header(plain))).toEqual({
      positives: 3,
      bins: 17,
      regRange: { lo: 0, hi: 17 },
      formulation: 'ppyoloe',
      rounding: 'floor',
      normalizer: 1,
      normalizerGiven: false,
      reportedLossDfl: null,
      reportedRounding: 0,
      precision: 'F32',
      step: null,
      hasWeight: false,
      unusedTensors: [],
      selection: null,
      imageIds: null,
      strides: null,
    });
  });

  it('reads everything a capture may say', () => {
    const shape = checkCaptureHeader(
      header(
        {
          pred_dist: ['BF16', 2, 76],
          target: ['F64', 2, 4],
          weight: ['F16', 2, 1],
          mask: ['U8', 3, 100],
          target_full: ['F64', 3, 100, 4],
          other: ['I64', 9],
        },
        {
          reg_range: '-2, 17',
          formulation: 'gfl',
          normalizer: '1e-05',
          reported_loss_dfl: ' 5885.125977 ',
          step: '12',
          image_ids: '["a.jpg", 285]',
          strides: '[8, 16.0]',
          framework: 'paddle',
        },
      ),
    );
    expect(shape).toEqual({
      positives: 2,
      bins: 19,
      regRange: { lo: -2, hi: 17 },
      formulation: 'gfl',
      rounding: 'truncate',
      normalizer: 1e-5,
      normalizerGiven: true,
      reportedLossDfl: 5885.125977,
      reportedRounding: expect.closeTo(5e-7, 12),
      precision: 'BF16',
      step: 12,
      hasWeight: true,
      unusedTensors: [],
      selection: { images: 3, anchors: 100 },
      imageIds: ['a.jpg', '285'],
      strides: [8, 16],
    });
  });

  it.each([
    ['nan', Number.NaN],
    ['NaN', Number.NaN],
    ['inf', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['1.', 1],
    ['-.5E1', -5],
  ])('reads the reported loss %s as Python or JSON write it', (text, value) => {
    expect(checkCaptureHeader(header(plain, { reported_loss_dfl: text })).reportedLossDfl).toBe(value);
  });

  it.each([
    [1, 2],
    [1, 256],
    [1_000_000, 17],
  ])('accepts P = %i with K = %i', (positives, bins) => {
    expect(
      checkCaptureHeader(header({ pred_dist: ['F32', positives, 4, bins], target: ['F32', positives, 4] })),
    ).toMatchObject({ positives, bins });
  });

  it.each<[string, number[], number[]]>([
    ['flat', [3, 91], [3]],
    ['with an axis for the angle', [3, 1, 91], [3, 1]],
  ])('reads the angles of ppyoloe-r %s, without weights', (_, logits, target) => {
    const tensors: Tensors = {
      pred_dist: ['F32', ...logits],
      target: ['F32', ...target],
      weight: ['F32', 3],
      mask: ['BOOL', 2, 5],
      target_full: ['F32', 2, 5],
    };
    expect(checkCaptureHeader(header(tensors, { formulation: 'ppyoloe-r' }))).toMatchObject({
      positives: 3,
      bins: 91,
      regRange: { lo: 0, hi: 91 },
      rounding: 'truncate',
      hasWeight: false,
      unusedTensors: ['weight'],
      selection: { images: 2, anchors: 5 },
    });
  });

  it.each([
    ['ppyoloe', '16', 17],
    ['gfl', '16', 17],
    ['ultralytics', '17', 17],
    ['ppyoloe', '7', 8],
  ])('reads reg_max of %s as %s', (formulation, regMax, bins) => {
    const tensors: Tensors = { pred_dist: ['F32', 3, 4, bins], target: ['F32', 3, 4] };
    const metadata = { formulation, reg_max: regMax };
    expect(checkCaptureHeader(header(tensors, metadata)).regRange).toEqual({ lo: 0, hi: bins });
    expect(checkCaptureHeader(header(tensors, { ...metadata, reg_range: `-1,${bins - 1}` })).regRange.lo).toBe(-1);
  });

  it.each([
    ['2.83', 0.005],
    ['2.8', 0],
    ['3', 0],
    ['-12.3400', 5e-5],
    ['1.25e-3', 5e-6],
    ['5885.125977', 5e-7],
  ])('knows how far %s was rounded', (text, rounding) => {
    expect(checkCaptureHeader(header(plain, { reported_loss_dfl: text })).reportedRounding).toBeCloseTo(rounding, 12);
  });

  it('takes the least precise of logits and weights as the precision', () => {
    const precision = (logits: SafetensorsDtype, weight: SafetensorsDtype) =>
      checkCaptureHeader(header({ pred_dist: [logits, 3, 4, 17], target: ['F32', 3, 4], weight: [weight, 3] }))
        .precision;
    expect(precision('F64', 'F32')).toBe('F32');
    expect(precision('F16', 'F32')).toBe('F16');
    expect(precision('F32', 'BF16')).toBe('BF16');
  });

  it.each([
    ['-1,16', 'truncate'],
    ['-18,-1', 'floor'],
    ['0,17', 'truncate'],
  ])('accepts reg_range %s with rounding %s', (regRange, rounding) => {
    expect(checkCaptureHeader(header(plain, { reg_range: regRange, rounding })).rounding).toBe(rounding);
  });

  const refused: { name: string; tensors?: Tensors; metadata?: Record<string, string>; path: string; says: RegExp }[] =
    [
      { name: 'no logits', tensors: { target: ['F32', 3, 4] }, path: 'pred_dist', says: /missing/ },
      { name: 'no targets', tensors: { pred_dist: ['F32', 3, 4, 17] }, path: 'target', says: /missing/ },
      {
        name: 'logits of integers',
        tensors: { ...plain, pred_dist: ['I32', 3, 4, 17] },
        path: 'pred_dist',
        says: /I32; F64 or F32 or F16 or BF16/,
      },
      {
        name: 'five sides',
        tensors: { ...plain, pred_dist: ['F32', 3, 5, 17] },
        path: 'pred_dist',
        says: /\[3, 5, 17\]; \[P,4,K\]/,
      },
      {
        name: 'columns that four does not divide',
        tensors: { ...plain, pred_dist: ['F32', 3, 70] },
        path: 'pred_dist',
        says: /\[3, 70\]/,
      },
      { name: 'scalar logits', tensors: { ...plain, pred_dist: ['F32'] }, path: 'pred_dist', says: /shape \[\]/ },
      {
        name: 'P = 0',
        tensors: { pred_dist: ['F32', 0, 4, 17], target: ['F32', 0, 4] },
        path: 'pred_dist',
        says: /P is 0.*no loss to recompute/,
      },
      {
        name: 'K = 1',
        tensors: { ...plain, pred_dist: ['F32', 3, 4, 1] },
        path: 'pred_dist',
        says: /K is 1; K from 2 to 256/,
      },
      {
        name: 'K = 257',
        tensors: { ...plain, pred_dist: ['F32', 3, 1028] },
        path: 'pred_dist',
        says: /K is 257; K from 2 to 256/,
      },
      {
        name: 'another P in the targets',
        tensors: { ...plain, target: ['F32', 4, 4] },
        path: 'target',
        says: /\[4, 4\]; \[3, 4\]/,
      },
      { name: 'flat targets', tensors: { ...plain, target: ['F32', 12] }, path: 'target', says: /\[12\]/ },
      {
        name: 'BF16 targets, with the reason',
        tensors: { ...plain, target: ['BF16', 3, 4] },
        path: 'target',
        says: /BF16; F32 or F64 is needed: .*0\.01.*15\.99/,
      },
      {
        name: 'F16 targets, with the reason',
        tensors: { ...plain, target: ['F16', 3, 4] },
        path: 'target',
        says: /0\.01/,
      },
      {
        name: 'F16 angles, with their own reason',
        tensors: { pred_dist: ['F32', 3, 91], target: ['F16', 3] },
        metadata: { formulation: 'ppyoloe-r' },
        path: 'target',
        says: /89\.99 becomes 90 in F16/,
      },
      {
        name: 'boxes as angles',
        tensors: { pred_dist: ['F32', 3, 4, 17], target: ['F32', 3] },
        metadata: { formulation: 'ppyoloe-r' },
        path: 'pred_dist',
        says: /\[P,K\] or \[P,1,K\], one angle per positive, is needed with formulation ppyoloe-r/,
      },
      {
        name: 'four targets of one angle',
        tensors: { pred_dist: ['F32', 3, 91], target: ['F32', 3, 4] },
        metadata: { formulation: 'ppyoloe-r' },
        path: 'target',
        says: /\[3, 4\]; \[3\] or \[3, 1\] is needed/,
      },
      {
        name: 'reg_max that counts otherwise',
        metadata: { formulation: 'ultralytics', reg_max: '16' },
        path: 'metadata.reg_max',
        says: /16 means 16 bins, 0\.\.15, with formulation ultralytics.*K = 17; send reg_max 17/,
      },
      {
        name: 'reg_max of another K',
        metadata: { reg_max: '17' },
        path: 'metadata.reg_max',
        says: /17 means 18 bins, 0\.\.17,.*send reg_max 16/,
      },
      { name: 'reg_max 0', metadata: { reg_max: '0' }, path: 'metadata.reg_max', says: /integer from 1/ },
      {
        name: 'truncation that leaves the bins',
        metadata: { reg_range: '-16,1', rounding: 'truncate' },
        path: 'metadata.reg_range',
        says: /rounding "truncate".*hi of at least 2/,
      },
      {
        name: 'integer targets',
        tensors: { ...plain, target: ['I64', 3, 4] },
        path: 'target',
        says: /I64; F32 or F64 is needed$/,
      },
      {
        name: 'weights per side',
        tensors: { ...plain, weight: ['F32', 3, 4] },
        path: 'weight',
        says: /\[3, 4\]; \[3\] or \[3, 1\]/,
      },
      { name: 'weights of another P', tensors: { ...plain, weight: ['F32', 2] }, path: 'weight', says: /\[2\]/ },
      {
        name: 'weights of three dimensions',
        tensors: { ...plain, weight: ['F32', 3, 1, 1] },
        path: 'weight',
        says: /\[3, 1, 1\]/,
      },
      { name: 'boolean weights', tensors: { ...plain, weight: ['BOOL', 3] }, path: 'weight', says: /BOOL/ },
      { name: 'a mask alone', tensors: { ...plain, mask: ['BOOL', 1, 9] }, path: 'target_full', says: /both or none/ },
      {
        name: 'target_full alone',
        tensors: { ...plain, target_full: ['F32', 1, 9, 4] },
        path: 'mask',
        says: /both or none/,
      },
      {
        name: 'a mask of floats',
        tensors: { ...plain, mask: ['F32', 1, 9], target_full: ['F32', 1, 9, 4] },
        path: 'mask',
        says: /F32; BOOL or U8/,
      },
      {
        name: 'a flat mask',
        tensors: { ...plain, mask: ['BOOL', 9], target_full: ['F32', 1, 9, 4] },
        path: 'mask',
        says: /\[B,A\]/,
      },
      {
        name: 'target_full of other anchors',
        tensors: { ...plain, mask: ['BOOL', 1, 9], target_full: ['F32', 1, 8, 4] },
        path: 'target_full',
        says: /\[1, 9, 4\]/,
      },
      {
        name: 'target_full of another dtype',
        tensors: { ...plain, mask: ['BOOL', 1, 9], target_full: ['F64', 1, 9, 4] },
        path: 'target_full',
        says: /bit for bit/,
      },
      {
        name: 'a reg_range of another K',
        metadata: { reg_range: '-2,17' },
        path: 'metadata.reg_range',
        says: /19 bins.*K = 17/,
      },
      {
        name: 'a reg_range that is one number',
        metadata: { reg_range: '16' },
        path: 'metadata.reg_range',
        says: /"lo,hi"/,
      },
      {
        name: 'a fractional reg_range',
        metadata: { reg_range: '0,17.0' },
        path: 'metadata.reg_range',
        says: /integers/,
      },
      {
        name: 'a reg_range far out',
        metadata: { reg_range: '999983,1000000' },
        path: 'metadata.reg_range',
        says: /10000/,
      },
      {
        name: 'an unknown formulation',
        metadata: { formulation: 'yolo' },
        path: 'metadata.formulation',
        says: /ppyoloe, ultralytics, gfl/,
      },
      {
        name: 'a normalizer of 0',
        metadata: { normalizer: '0' },
        path: 'metadata.normalizer',
        says: /finite number above 0/,
      },
      {
        name: 'a normalizer that overflows',
        metadata: { normalizer: '1e999' },
        path: 'metadata.normalizer',
        says: /finite/,
      },
      {
        name: 'a normalizer that is text',
        metadata: { normalizer: 'S' },
        path: 'metadata.normalizer',
        says: /finite number above 0/,
      },
      {
        name: 'an empty reported loss',
        metadata: { reported_loss_dfl: '' },
        path: 'metadata.reported_loss_dfl',
        says: /number/,
      },
      {
        name: 'a hexadecimal reported loss',
        metadata: { reported_loss_dfl: '0x10' },
        path: 'metadata.reported_loss_dfl',
        says: /number/,
      },
      { name: 'a negative step', metadata: { step: '-1' }, path: 'metadata.step', says: /from 0 to/ },
      {
        name: 'a step beyond 2^53',
        metadata: { step: '9007199254740992' },
        path: 'metadata.step',
        says: /from 0 to 9007199254740991/,
      },
      {
        name: 'image ids that are not JSON',
        metadata: { image_ids: 'a,b,c' },
        path: 'metadata.image_ids',
        says: /JSON array/,
      },
      {
        name: 'too few image ids',
        metadata: { image_ids: '["a"]' },
        path: 'metadata.image_ids',
        says: /1 entries.*P = 3/,
      },
      {
        name: 'an image id that no database text can hold',
        metadata: { image_ids: '["a","b\\u0000","c"]' },
        path: 'metadata.image_ids',
        says: /entry 1.*NUL/,
      },
      {
        name: 'an image id with a lone surrogate',
        metadata: { image_ids: '["a","b","\\ud800"]' },
        path: 'metadata.image_ids',
        says: /entry 2/,
      },
      {
        name: 'an image id beyond 2^53',
        metadata: { image_ids: '[1,2,9007199254740993]' },
        path: 'metadata.image_ids',
        says: /entry 2/,
      },
      { name: 'a stride of 0', metadata: { strides: '[8,0,16]' }, path: 'metadata.strides', says: /entry 1.*above 0/ },
      {
        name: 'a stride that is text',
        metadata: { strides: '[8,16,"32"]' },
        path: 'metadata.strides',
        says: /entry 2/,
      },
    ];
  for (const { name, tensors, metadata, path, says } of refused) {
    it(`refuses ${name}`, () => {
      const error = refusal(tensors ?? plain, metadata ?? {});
      expect(error.code).toBe('invalid_capture');
      expect(error.errors?.map((problem) => problem.path)).toEqual([path]);
      expect(error.errors?.[0]?.message).toMatch(says);
      expect(error.message).toContain(path);
    });
  }

  it('names all problems at once', () => {
    const error = refusal(
      { pred_dist: ['F32', 3, 4, 1], target: ['BF16', 3, 4], weight: ['F32', 9] },
      { step: 'x', formulation: 'y' },
    );
    expect(error.errors?.map((problem) => problem.path)).toEqual([
      'pred_dist',
      'target',
      'weight',
      'metadata.formulation',
      'metadata.step',
    ]);
    expect(error.message).toContain('4 more');
  });
});

function refusal(tensors: Tensors, metadata: Record<string, string>): PublicError {
  try {
    checkCaptureHeader(header(tensors, metadata));
  } catch (error) {
    expect(error).toBeInstanceOf(PublicError);
    return error as PublicError;
  }
  throw new Error('nothing was refused');
}
