// DFL inputs for the tests of the kernels: the worked examples, an arbitrary over everything a capture may hold, and a large one.
import fc from 'fast-check';
import { type Formulation, formulations, roundings } from '../../../src/contracts/capture.ts';
import type { DflInput, Float32DflInput } from '../../../src/kernels/dfl/contract.ts';
import { lossRuleOf, sidesOf } from '../../../src/kernels/dfl/loss-rule.ts';

/** One positive of float64 logits, the same on all four sides: its loss is the loss of the one distribution. */
export function oneDistribution(logits: number[], target: number, overrides: Partial<DflInput> = {}): DflInput {
  const lo = overrides.lo ?? 0;
  return {
    ...lossRuleOf('ppyoloe', { positives: 1, hi: lo + logits.length, normalizer: 1 }),
    positives: 1,
    bins: logits.length,
    lo,
    predDist: Float64Array.from([...logits, ...logits, ...logits, ...logits]),
    target: Float64Array.of(target, target, target, target),
    weight: null,
    group: null,
    groups: 1,
    ...overrides,
  };
}

/** The same input under another formulation. */
export function under(formulation: Formulation, input: DflInput, normalizer = 1): DflInput {
  return {
    ...input,
    ...lossRuleOf(formulation, { positives: input.positives, hi: input.lo + input.bins, normalizer }),
  };
}

/** The same input with float32 tensors. */
export function inFloat32(input: DflInput): Float32DflInput {
  return {
    ...input,
    predDist: Float32Array.from(input.predDist),
    target: Float32Array.from(input.target),
    weight: input.weight && Float32Array.from(input.weight),
  };
}

const sine = (bins: number) => Array.from({ length: bins }, (_, i) => Math.sin(i));

const wholeReduction: DflInput = {
  ...lossRuleOf('ppyoloe', { positives: 2, hi: 5, normalizer: 1.3 }),
  positives: 2,
  bins: 5,
  lo: 0,
  predDist: Float64Array.from(
    [
      [0.5, 1, -0.5, 0, 0.25, 0, 0, 0, 0, 0, 2, 0, -2, 0, 1, 1, 2, 3, 4, 5],
      [0.1, 0.2, 0.3, 0.4, 0.5, -1, 1, -1, 1, -1, 0, 3, 0, 0, 0, 0, 0, 0, 0, 9],
    ].flat(),
  ),
  target: Float64Array.of(0.5, 1.25, 2, 3.99, 1.5, 0, 1.1, 3.6),
  weight: Float64Array.of(0.8, 0.5),
  group: null,
  groups: 1,
};

/** Losses worked out in Python float64, three of them confirmed by torch float64. */
export const workedExamples: { name: string; input: DflInput; loss: number }[] = [
  { name: 'A: equal logits give ln K', input: oneDistribution(new Array(17).fill(1), 3.25), loss: 2.833213344056216 },
  {
    name: 'B: rising logits',
    input: oneDistribution(
      Array.from({ length: 17 }, (_, i) => 0.1 * i),
      7.3,
    ),
    loss: 3.0204395653766456,
  },
  {
    name: 'C: a negative target under range [-2,17)',
    input: oneDistribution(
      Array.from({ length: 19 }, (_, i) => -0.05 * (i - 3) ** 2),
      -1.4,
      { lo: -2 },
    ),
    loss: 2.2272968815303744,
  },
  {
    name: 'D: the clip of GFL',
    input: under('gfl', oneDistribution(sine(17), 15.9)),
    loss: 3.334140059367301,
  },
  { name: 'D: the clip of PP-YOLOE', input: oneDistribution(sine(17), 15.99), loss: 3.418577263481297 },
  {
    name: 'D: the clip of Ultralytics',
    input: under('ultralytics', oneDistribution(sine(16), 14.99)),
    loss: 2.453373438784586,
  },
  { name: 'E: weights, mean over sides and S = 1.3', input: wholeReduction, loss: 2.031039142427743 },
  { name: 'E: S = 0.9 is clipped to 1', input: under('ppyoloe', wholeReduction, 0.9), loss: 2.6403508851560664 },
  {
    name: 'E: Ultralytics reduces alike',
    input: under('ultralytics', wholeReduction, 1.3),
    loss: 2.031039142427743,
  },
  {
    name: 'E: GFL does not clip its factor',
    input: under('gfl', wholeReduction, 0.9),
    loss: 2.6403508851560664 / 0.9,
  },
];

const nonFinite = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

/** Any shape, formulation and rounding, in float64, with logits up to 1e30, values that are not finite, and targets on, at and far beyond the edges. */
export const anyInput: fc.Arbitrary<DflInput> = fc
  .record({
    positives: fc.integer({ min: 1, max: 6 }),
    bins: fc.oneof(fc.integer({ min: 2, max: 256 }), fc.constantFrom(2, 3, 16, 17, 256)),
    lo: fc.integer({ min: -40, max: 10 }),
    formulation: fc.constantFrom(...formulations),
    normalizer: fc.oneof(fc.double({ min: 1e-3, max: 1e4, noNaN: true }), fc.constant(1)),
    rounding: fc.constantFrom(...roundings),
    groups: fc.integer({ min: 1, max: 3 }),
    weighted: fc.boolean(),
    seed: fc.integer(),
    strangeLogits: fc.boolean(),
    strangeTargets: fc.boolean(),
    strangeWeights: fc.boolean(),
  })
  .map((plan) => {
    const { positives, bins, lo, formulation, groups } = plan;
    const random = randomFrom(plan.seed);
    const hi = lo + bins;
    // The integer cast leaves the bins where a negative range ends at or below 1: captures of that kind are refused (capture-header.ts).
    const rounding = lo < 0 && hi < 2 ? 'floor' : plan.rounding;
    const sides = sidesOf(formulation);
    return {
      ...lossRuleOf(formulation, { positives, hi, normalizer: plan.normalizer, rounding }),
      positives,
      bins,
      lo,
      predDist: fill(new Float64Array(positives * sides * bins), () => drawLogit(random, plan.strangeLogits)),
      target: fill(new Float64Array(positives * sides), () => drawTarget(random, lo, bins, plan.strangeTargets)),
      weight: plan.weighted ? fill(new Float64Array(positives), () => drawWeight(random, plan.strangeWeights)) : null,
      group: groups === 1 ? null : Uint8Array.from({ length: positives }, () => Math.floor(groups * random())),
      groups,
    };
  });

/** P positives of K = 17 with ordinary float32 values, as a trainer pushes them. */
export function largeInput(positives: number): Float32DflInput {
  const random = randomFrom(positives);
  return {
    ...lossRuleOf('ppyoloe', { positives, hi: 17, normalizer: positives / 3 }),
    positives,
    bins: 17,
    lo: 0,
    predDist: fill(new Float32Array(positives * 68), () => 4 * random() - 2),
    target: fill(new Float32Array(positives * 4), () => 15.99 * random()),
    weight: fill(new Float32Array(positives), random),
    group: Uint8Array.from({ length: positives }, (_, row) => row % 3),
    groups: 3,
  };
}

/** The same positives over and over, the divisor growing alike: losses and entropy stay, counts are multiplied. */
export function repeat(input: Float32DflInput, times: number): Float32DflInput {
  const copies = <A extends Float32Array | Uint8Array>(array: A): A => {
    const repeated = new (array.constructor as new (length: number) => A)(array.length * times);
    for (let i = 0; i < times; i++) repeated.set(array, i * array.length);
    return repeated;
  };
  return {
    ...input,
    positives: input.positives * times,
    divisor: input.divisor * times,
    predDist: copies(input.predDist),
    target: copies(input.target),
    weight: input.weight && copies(input.weight),
    group: input.group && copies(input.group),
  };
}

function fill<A extends Float32Array | Float64Array>(array: A, draw: () => number): A {
  for (let i = 0; i < array.length; i++) array[i] = draw();
  return array;
}

function drawLogit(random: () => number, strange: boolean): number {
  if (!strange) return 10 * random() - 5;
  const kind = random();
  if (kind < 0.003) return pick(random, nonFinite);
  return kind < 0.2 ? pick(random, [1e30, -1e30, 80, -80, 0, 1e-30]) : 200 * random() - 100;
}

function drawTarget(random: () => number, lo: number, bins: number, strange: boolean): number {
  const top = lo + bins - 1;
  const kind = random();
  if (kind < 0.2) return pick(random, [lo, top - 0.01, top - 0.1, Math.floor(lo + random() * (bins - 1))]);
  if (strange && kind < 0.4)
    return pick(random, [...nonFinite, top, lo - 1e-6, top + 1, lo - 0.5, -0, 1e30, -1e30, 460, -37]);
  return lo + random() * (bins - 1) * 0.999;
}

function drawWeight(random: () => number, strange: boolean): number {
  return strange && random() < 0.2 ? pick(random, [...nonFinite, 0, -1]) : random();
}

function pick<T>(random: () => number, values: readonly T[]): T {
  return values[Math.floor(random() * values.length)] as T;
}

/** mulberry32: uniform in [0, 1), the same sequence for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
