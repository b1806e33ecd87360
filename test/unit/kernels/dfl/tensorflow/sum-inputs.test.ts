// What the conformance suite does not show of the op graph's frame: fused runs, bounds, precision beyond float32, and no tensor left.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findDifference } from '../../../../../src/kernels/dfl/compare-recomputations.ts';
import type { DflInput, Float32DflInput } from '../../../../../src/kernels/dfl/contract.ts';
import { emptySums, finishRecomputation } from '../../../../../src/kernels/dfl/kernel-sums.ts';
import { recomputeReference } from '../../../../../src/kernels/dfl/reference.ts';
import { packChunks, suitsFloat32 } from '../../../../../src/kernels/dfl/tensorflow/chunks.ts';
import { sumInputs } from '../../../../../src/kernels/dfl/tensorflow/sum-inputs.ts';
import type { TensorOps } from '../../../../../src/kernels/dfl/tensorflow/tensor-ops.ts';
import { inFloat32, largeInput, oneDistribution, under } from '../../../../conformance/kernels/dfl-inputs.ts';
import { loadTfjsCpu } from '../../../../support/tfjs-cpu.ts';

const tf = loadTfjsCpu();

function recompute(...inputs: DflInput[]) {
  const sums = sumInputs(tf, inputs);
  return inputs.map((input, i) => finishRecomputation(input, sums[i]!));
}

/** The ops, and how often a graph was run with them. */
function counted() {
  const runs = { count: 0 };
  const scatterND: TensorOps['scatterND'] = (...args) => {
    runs.count++;
    return tf.scatterND(...args);
  };
  return { ops: { ...tf, scatterND }, runs };
}

const pack = (...inputs: Float32DflInput[]) => [
  ...packChunks(inputs.map((input) => ({ input, sums: emptySums(input) }))),
];

describe('sumInputs', () => {
  it('reduces 1,000 small captures in one run of the graph', () => {
    const inputs = Array.from({ length: 1000 }, (_, i) => largeInput(1 + (i % 5)));
    const { ops, runs } = counted();
    const sums = sumInputs(ops, inputs);
    expect(runs.count).toBe(1);
    for (const i of [0, 1, 499, 999])
      expect(findDifference(finishRecomputation(inputs[i]!, sums[i]!), inputs[i]!)).toBeNull();
  });

  it('runs once per shape', () => {
    const { ops, runs } = counted();
    const narrow = inFloat32(oneDistribution([1, 2, 3], 0.5));
    const inputs = [largeInput(3), narrow, largeInput(4), narrow];
    const sums = sumInputs(ops, inputs);
    expect(runs.count).toBe(2);
    inputs.forEach((input, i) => {
      expect(findDifference(finishRecomputation(input, sums[i]!), input)).toBeNull();
    });
  });

  it('leaves no tensor behind, not even after a failure', () => {
    sumInputs(tf, [largeInput(9)]);
    const before = tf.memory().numTensors;
    sumInputs(tf, [largeInput(9), inFloat32(oneDistribution([1, 2], 0.5))]);
    expect(tf.memory().numTensors).toBe(before);
    let runs = 0;
    const failing: TensorOps = {
      ...tf,
      scatterND(...args) {
        if (++runs === 2) throw new Error('OOM when allocating tensor');
        return tf.scatterND(...args);
      },
    };
    expect(() => sumInputs(failing, [largeInput(9), inFloat32(oneDistribution([1, 2], 0.5))])).toThrow(/OOM/);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('reads nothing back before all graphs have run, and one tensor per run', () => {
    const events: string[] = [];
    const ops: TensorOps = {
      ...tf,
      tidy: (compute) => {
        const result = tf.tidy(compute);
        if ('dataSync' in result) {
          events.push('run');
          const read = result.dataSync as () => Float32Array;
          Object.assign(result, { dataSync: () => events.push('read') && read.call(result) });
        }
        return result;
      },
    };
    sumInputs(ops, [largeInput(9), inFloat32(oneDistribution([1, 2], 0.5))]);
    expect(events).toEqual(['run', 'run', 'read', 'read']);
  });

  it.each<{ name: string; input: DflInput }>([
    { name: 'float32 logits whose differences overflow', input: oneDistribution([3e38, -3e38, 3e38], 0.5) },
    {
      name: 'a loss that overflows float32',
      input: oneDistribution([2e38, -1e38], 0.9, { weight: Float64Array.of(9) }),
    },
    {
      name: 'weights whose sum overflows float32',
      input: { ...largeInput(8), weight: new Float32Array(8).fill(5e37) },
    },
    { name: 'bins beyond the integers of float32', input: oneDistribution([1, 2, 3], 2 ** 25 + 2, { lo: 2 ** 25 }) },
    {
      name: 'a weight of the right bin that 1 minus the left one would round',
      input: oneDistribution([5e5, -5e5, 5e5], 1.5e-7),
    },
  ])('computes $name', ({ input }) => {
    const float32 = inFloat32(input);
    expect(findDifference(recompute(float32)[0]!, float32)).toBeNull();
  });

  it('computes float64 tensors in float64', () => {
    const input = oneDistribution([0.1, 0.2, 0.3], 0.7);
    expect(findDifference(recompute(input)[0]!, input)).toBeNull();
  });

  it.each([1e-3, 1e-5, 1e-8, 1e-30])('keeps the digits of losses and entropies near %d', (loss) => {
    const gap = -Math.log(loss);
    const input = inFloat32(oneDistribution([0.3, 0.3 - gap, -0.1 - gap], 0));
    const [actual, expected] = [recompute(input)[0]!, recomputeReference(input)];
    expect(Math.abs(actual.lossDfl! / expected.lossDfl! - 1)).toBeLessThanOrEqual(1e-6);
    expect(Math.abs(actual.entropyMean! / expected.entropyMean! - 1)).toBeLessThanOrEqual(1e-6);
  });

  it('keeps the digits where the integer cast of a negative target makes the terms cancel', () => {
    // 1.5 CE(left) - 0.5 CE(right), each near 2.1 in magnitude.
    const input = inFloat32(under('gfl', oneDistribution([0, 0, 0, 0, -2.8026], -0.5, { lo: -3 })));
    const [actual, expected] = [recompute(input)[0]!, recomputeReference(input)];
    expect(expected.lossDfl).toBeGreaterThan(1e-5);
    expect(expected.lossDfl).toBeLessThan(1e-4);
    expect(Math.abs(actual.lossDfl! / expected.lossDfl! - 1)).toBeLessThanOrEqual(1e-6);
  });

  it('adds up the same capture given twice apart', () => {
    const input = largeInput(3);
    const [first, second] = recompute(input, input);
    expect(first).toEqual(second);
    expect(first!.distributions).toBe(12);
    expect(findDifference(first!, input)).toBeNull();
  });
});

describe('suitsFloat32', () => {
  it.each([
    { target: 0, suits: true },
    { target: 2 ** -126, suits: true },
    { target: Number.NaN, suits: true },
    { target: 1e-40, suits: false },
    { target: -1e-40, suits: false },
  ])('says $suits for a target of $target: TensorFlow takes denormal numbers for 0', ({ target, suits }) => {
    expect(suitsFloat32(inFloat32(oneDistribution([1, 2, 3], target)))).toBe(suits);
  });
});

describe('packChunks', () => {
  it('splits a capture that is larger than a chunk, and fills the rest of its last chunk with others', () => {
    const chunks = pack(largeInput(100_000), largeInput(5));
    expect(chunks.map(({ logits }) => logits.length <= 2 ** 22)).toEqual(chunks.map(() => true));
    expect(chunks.map(({ pieces }) => pieces.map(({ firstRow, rows }) => [firstRow, rows]))).toEqual([
      [[0, 61_680]],
      [
        [61_680, 38_320],
        [0, 5],
      ],
    ]);
  });

  it('bounds the counts of a chunk', () => {
    const input = { ...largeInput(1), groups: 16, group: null };
    const chunks = pack(...Array.from({ length: 1000 }, () => input));
    expect(chunks.length).toBeGreaterThan(1);
    for (const { cells } of chunks) expect(cells).toBeLessThanOrEqual(2 ** 20);
  });

  it('rounds the limits of the upper clip inward, so that no float32 outside counts', () => {
    const float32 = fc.float({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(fc.double({ min: -300, max: 300, noNaN: true }), fc.nat(1e6), float32, (from, width, t) => {
        const to = from + width * 1e-9;
        const [chunk] = pack({ ...largeInput(1), upperClip: { from, to } });
        const near = [Math.fround(from), Math.fround(to), t];
        for (const value of near)
          expect(value >= chunk!.clipFrom[0]! && value <= chunk!.clipTo[0]!).toBe(value >= from && value <= to);
      }),
    );
  });
});
