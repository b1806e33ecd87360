// From upload to answer: every formulation through the HTTP API and the worker's handler, against a DFL written out here once more.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDflEngine } from '../../../src/kernels/dfl/choose-backend.ts';
import { type TensorToWrite, writeSafetensors } from '../../../src/kernels/safetensors/write-safetensors.ts';
import { createRecomputeDfl } from '../../../src/workers/recompute-dfl.ts';
import { buildTestApi, type TestApi } from '../../support/build-app.ts';

let api: TestApi;
let engine: Awaited<ReturnType<typeof openDflEngine>>;
let runs = 0;
beforeAll(async () => {
  api = await buildTestApi();
  engine = await openDflEngine('cpu', { now: () => new Date() });
});
afterAll(async () => {
  await engine.close();
  await api.close();
});

/** What a list of captures repeats of each analysis. */
const measures = [
  'loss_dfl',
  'reported_loss_dfl',
  'relative_difference',
  'entropy_mean',
  'distributions',
  'below_range',
  'above_range',
  'at_lower_clip',
  'at_upper_clip',
  'non_finite_targets',
  'non_finite_logits',
];

/** Uploads, analyses, and answers what GET says of the capture. */
async function analyse(tensors: Record<string, TensorToWrite>, metadata: Record<string, string>, worldSize = 1) {
  const run = `analysed-${runs++}`;
  await api.call(api.tokens.owner, 'POST', '/v1/runs', { body: { id: run, name: run, world_size: worldSize } });
  const pushed = await api.call(api.tokens.owner, 'POST', `/v1/runs/${run}/captures?step=3`, {
    body: Buffer.from(writeSafetensors(tensors, metadata)),
    headers: { 'content-type': 'application/octet-stream' },
  });
  expect(pushed.status, JSON.stringify(pushed.body)).toBe(202);
  const unused = {
    safeFetch: null as never,
    mailer: null as never,
    random: () => 0,
    publicUrl: () => '',
    healthyCaptureDays: 7,
  };
  await createRecomputeDfl({ ...api.deps, dflEngine: engine, ...unused, nudge: () => undefined })({ lane: 0 });
  const answer = await api.call(api.tokens.reader, 'GET', `/v1/runs/${run}/captures/${pushed.body.capture_id}`);
  expect(answer.body).toMatchObject({ status: 'done', step: 3 });
  const { analysis } = answer.body;
  const listed = await api.call(api.tokens.reader, 'GET', `/v1/runs/${run}/captures`);
  expect(listed.body.items[0].measured).toEqual({
    ...Object.fromEntries(measures.map((name) => [name, analysis[name]])),
    mismatched_rows: analysis.selection?.mismatched_rows ?? null,
    findings: analysis.findings.map(({ id }: { id: string }) => id),
  });
  return answer.body.analysis;
}

/** Numbers that look random and are the same in every run. */
function noise(length: number, scale: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 32) * scale;
  });
}

/** wl CE(l) + wr CE(r) with plain exponentials: enough for logits of this size. */
function dfl(logits: Float32Array, target: number, lo: number, left: number): number {
  const sum = logits.reduce((total, z) => total + Math.exp(z), 0);
  const ce = (bin: number) => Math.log(sum) - (logits[bin - lo] ?? Number.NaN);
  return (left + 1 - target) * ce(left) + (target - left) * ce(left + 1);
}

interface Case {
  positives: number;
  bins: number;
  lo: number;
  /** Upper end of the random targets: their lower end is lo. */
  sides: number;
  left: (target: number) => number;
}

function make({ positives, bins, lo, sides, left }: Case) {
  const logits = noise(positives * sides * bins, 4, 7);
  const target = noise(positives * sides, bins - 1.01, 11).map((t) => t + lo);
  const weight = noise(positives, 1, 13).map((w) => w + 0.1);
  const perPositive = Array.from({ length: positives }, (_, row) => {
    let sum = 0;
    for (let side = 0; side < sides; side++) {
      const at = row * sides + side;
      const t = target[at] as number;
      sum += dfl(logits.subarray(at * bins, (at + 1) * bins), t, lo, left(t));
    }
    return sum / sides;
  });
  const weighted = perPositive.reduce((total, loss, row) => total + loss * (weight[row] as number), 0);
  const weightSum = weight.reduce((total, w) => total + w, 0);
  const tensors: Record<string, TensorToWrite> = {
    pred_dist: { dtype: 'F32', shape: [positives, sides, bins], data: logits },
    target: { dtype: 'F32', shape: [positives, sides], data: target },
    weight: { dtype: 'F32', shape: [positives], data: weight },
  };
  return { tensors, weighted, weightSum, target, mean: perPositive.reduce((a, b) => a + b, 0) / positives };
}

const box = { positives: 50, sides: 4 };

describe('the analysis of a capture', () => {
  test('ppyoloe with a reg_range below 0 takes floor(t)', async () => {
    const { tensors, weighted, weightSum } = make({ ...box, bins: 19, lo: -2, left: Math.floor });
    const loss = weighted / 30;
    const analysis = await analyse(tensors, {
      reg_range: '-2,17',
      normalizer: '30',
      reported_loss_dfl: String(Math.fround(loss)),
      strides: JSON.stringify(Array.from({ length: 50 }, (_, row) => (row < 20 ? 8 : 16))),
    });
    expect(analysis.loss_dfl).toBeCloseTo(loss, 5);
    expect(analysis).toMatchObject({
      formulation: 'ppyoloe',
      rounding: 'floor',
      reg_range: [-2, 17],
      divisor: 30,
      distributions: 200,
      comparison: { mismatch: false, explanations: [] },
    });
    expect(analysis.weight_sum).toBeCloseTo(weightSum, 4);
    expect(analysis.target_counts.map((c: any) => [c.stride, c.side])).toEqual(
      [8, 16].flatMap((stride) => ['left', 'top', 'right', 'bottom'].map((side) => [stride, side])),
    );
    const counted = analysis.target_counts.flatMap((c: any) => c.bins).reduce((a: number, b: number) => a + b, 0);
    expect(counted).toBe(200);
  });

  test('ppyoloe before reg_range truncates, which shows below 0 only', async () => {
    const { tensors, weighted } = make({ ...box, bins: 19, lo: -2, left: Math.trunc });
    const metadata = { reg_range: '-2,17', normalizer: '30' };
    const truncated = await analyse(tensors, { ...metadata, rounding: 'truncate' });
    expect(truncated.loss_dfl).toBeCloseTo(weighted / 30, 5);
    const floored = await analyse(tensors, metadata);
    expect(Math.abs(floored.loss_dfl - truncated.loss_dfl)).toBeGreaterThan(1e-3);
  });

  test('ultralytics counts bins in reg_max, and its gain in the reported loss is named', async () => {
    const { tensors, weighted } = make({ ...box, bins: 16, lo: 0, left: Math.trunc });
    const analysis = await analyse(tensors, {
      formulation: 'ultralytics',
      reg_max: '16',
      normalizer: '33.3',
      reported_loss_dfl: ((1.5 * weighted) / 33.3).toFixed(4),
    });
    expect(analysis.loss_dfl).toBeCloseTo(weighted / 33.3, 5);
    expect(analysis.comparison).toMatchObject({
      mismatch: true,
      ratio: expect.closeTo(1.5, 3),
      explanations: [{ reason: 'weight-applied', expected_ratio: 1.5, approximate: false }],
    });
    const ids = analysis.findings.map((finding: any) => finding.id);
    expect(ids).toEqual(expect.arrayContaining(['dfl.loss-mismatch', 'dfl.loss-weight-applied']));
  });

  test('gfl takes the normalizer as it is, and its 0.1 margin', async () => {
    const { tensors, weighted, target } = make({ ...box, bins: 17, lo: 0, left: Math.trunc });
    target.fill(15.9, 0, 4);
    const logits = (tensors.pred_dist as TensorToWrite).data as Float32Array;
    const weight = (tensors.weight as TensorToWrite).data as Float32Array;
    const before = make({ ...box, bins: 17, lo: 0, left: Math.trunc }).target;
    const change = [0, 1, 2, 3].reduce((sum, side) => {
      const row = logits.subarray(side * 17, (side + 1) * 17);
      const old = before[side] as number;
      return sum + dfl(row, Math.fround(15.9), 0, 15) - dfl(row, old, 0, Math.trunc(old));
    }, 0);
    const sum = weighted + (change / 4) * (weight[0] as number);
    const analysis = await analyse(tensors, { formulation: 'gfl', reg_max: '16', normalizer: '0.5' });
    expect(analysis.loss_dfl).toBeCloseTo(sum / 0.5, 3);
    expect(analysis).toMatchObject({ divisor: 0.5, at_upper_clip: 4, range_fit: { censored: true } });
  });

  test('ppyoloe-r is a plain mean over angles, and says that it needs no weights', async () => {
    const { tensors, mean } = make({ positives: 40, sides: 1, bins: 91, lo: 0, left: Math.trunc });
    const shapes: [number[], number[]][] = [
      [[40, 91], [40]],
      [
        [40, 1, 91],
        [40, 1],
      ],
    ];
    for (const [logits, target] of shapes) {
      const analysis = await analyse(
        {
          ...tensors,
          pred_dist: { ...(tensors.pred_dist as TensorToWrite), shape: logits },
          target: { ...(tensors.target as TensorToWrite), shape: target },
        },
        { formulation: 'ppyoloe-r', reg_max: '90', reported_loss_dfl: String(0.05 * mean) },
      );
      expect(analysis.loss_dfl).toBeCloseTo(mean, 5);
      expect(analysis).toMatchObject({ distributions: 40, divisor: 40, unused_tensors: ['weight'] });
      expect(analysis.comparison.explanations[0].reason).toBe('weight-applied');
    }
  });

  test('names the angle of an offender, and what its value decodes to', async () => {
    const { tensors, target } = make({ positives: 40, sides: 1, bins: 91, lo: 0, left: Math.trunc });
    target[7] = 2 ** 32;
    const analysis = await analyse(tensors, {
      formulation: 'ppyoloe-r',
      image_ids: JSON.stringify(Array.from({ length: 40 }, (_, row) => `p${row}.png`)),
    });
    expect(analysis.offenders).toEqual([
      {
        row: 7,
        side: 'angle',
        target: 4294967296,
        image_id: 'p7.png',
        decodes_as: { kind: 'packed-int32', values: [0, 1] },
      },
    ]);
  });

  test('places non-finite logits, and says which image they belong to', async () => {
    const { tensors } = make({ ...box, bins: 17, lo: 0, left: Math.floor });
    const logits = (tensors.pred_dist as TensorToWrite).data as Float32Array;
    logits[(3 * 4 + 2) * 17 + 5] = Number.NEGATIVE_INFINITY;
    const analysis = await analyse(tensors, {
      image_ids: JSON.stringify(Array.from({ length: 50 }, (_, row) => row)),
      strides: JSON.stringify(Array(50).fill(32)),
    });
    expect(analysis.first_non_finite_logits).toEqual([
      { row: 3, side: 'right', image_id: '3', stride: 32, bin: 5, value: '-Infinity' },
    ]);
    expect(analysis.loss_dfl).toBeNull();
  });

  test('tells a selection that is shifted by one image from one that is intact', async () => {
    const { tensors, target } = make({ ...box, bins: 17, lo: 0, left: Math.floor });
    const mask = Uint8Array.from({ length: 200 }, (_, anchor) => Number(anchor % 4 === 1));
    const full = noise(800, 15, 17);
    for (let row = 0; row < 50; row++) full.set(target.subarray(4 * row, 4 * row + 4), 4 * (4 * row + 1));
    const source: Record<string, TensorToWrite> = {
      mask: { dtype: 'BOOL', shape: [2, 100], data: mask },
      target_full: { dtype: 'F32', shape: [2, 100, 4], data: full },
    };
    const intact = await analyse({ ...tensors, ...source }, {});
    expect(intact.selection).toMatchObject({ checked: 50, mismatched_rows: 0, held: null, pattern: null });

    const moved = target.slice();
    moved.copyWithin(100, 0, 100);
    const shifted = await analyse({ ...tensors, ...source, target: { dtype: 'F32', shape: [50, 4], data: moved } }, {});
    expect(shifted.selection).toMatchObject({
      checked: 50,
      mismatched_rows: 25,
      mismatched_ranges: [[25, 49]],
      pattern: 'tail',
      content: 'shifted',
      held: {
        shift: { rows: [25, 49], holds_rows: [0, 24] },
        source: { row: 25, image: 1, held_image: 0, held_anchor: 1 },
      },
    });
    expect(shifted.findings[1]).toMatchObject({ id: 'dfl.selection-shifted', evidence: { distance: 25 } });
  });

  test('suggests a reg_range for saturated targets, with its cost', async () => {
    const { tensors, target } = make({ positives: 400, sides: 4, bins: 17, lo: 0, left: Math.floor });
    for (let i = 0; i < target.length; i++) {
      const distance = -12 * Math.log(1 - (i + 0.5) / target.length);
      target[i] = Math.min(distance, 15.99);
    }
    const analysis = await analyse(tensors, {});
    const saturated = analysis.findings.find((finding: any) => finding.id === 'dfl.targets-saturated');
    const [lo, hi] = analysis.range_fit.smallest;
    expect(analysis.range_fit).toMatchObject({ verdict: 'too-narrow', censored: true, estimated: true });
    expect([lo, hi]).toEqual([0, expect.any(Number)]);
    expect(Math.abs(hi - (12 * Math.log(1000) + 2))).toBeLessThan(12);
    expect(saturated.evidence).toMatchObject({
      bound: 'upper',
      suggested_reg_range: `[0, ${hi})`,
      estimated: true,
      channels: [68, 4 * hi],
    });
  });
});
