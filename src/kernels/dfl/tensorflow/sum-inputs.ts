// From captures to their kernel sums by way of the op graph: all graphs are started before the first result is read back, the sums of the
// blocks are added in float64, and blocks that float32 could not hold are computed in float64.
// biome-ignore-all lint/style/noNonNullAssertion: indices stay inside results whose lengths the graph defines
import type { DflInput } from '../contract.ts';
import { sumFloat64 } from '../cpu/float64-pass.ts';
import { emptySums, type KernelSums } from '../kernel-sums.ts';
import { type Chunk, cellsOf, type Packable, type Piece, packChunks, suitsFloat32 } from './chunks.ts';
import { blockSums, reduceChunk, smallestPreciseLoss } from './graph.ts';
import type { Tensor, TensorOps } from './tensor-ops.ts';

/** In the order of the inputs, which fit assertDflInput. Throws what the ops throw; no tensor is left behind in any case. */
export function sumInputs(tf: TensorOps, inputs: readonly DflInput[]): KernelSums[] {
  const captures: Packable[] = [];
  const allSums = inputs.map((input) => {
    if (!suitsFloat32(input)) return sumFloat64(input);
    const sums = emptySums(input);
    captures.push({ input, sums });
    return sums;
  });
  const results: { chunk: Pick<Chunk, 'pieces' | 'blocks' | 'blockRows'>; tensor: Tensor }[] = [];
  try {
    // Only what finishes the sums is kept of a chunk: its packed tensors may go as soon as the graph has them.
    for (const chunk of packChunks(captures)) {
      const { pieces, blocks, blockRows } = chunk;
      results.push({ chunk: { pieces, blocks, blockRows }, tensor: reduceChunk(tf, chunk) });
    }
    for (const { chunk, tensor } of results) {
      const values = tensor.dataSync();
      for (const piece of chunk.pieces) addPiece(piece, chunk, values);
    }
  } finally {
    for (const { tensor } of results) tensor.dispose();
  }
  return allSums;
}

function addPiece(
  piece: Piece,
  { blocks, blockRows }: Pick<Chunk, 'blocks' | 'blockRows'>,
  values: Float32Array,
): void {
  const { input, sums, firstRow, rows, firstBlock } = piece;
  const read = (name: (typeof blockSums)[number], block: number) => values[blockSums.indexOf(name) * blocks + block]!;
  for (let row = 0, block = firstBlock; row < rows; row += blockRows, block++) {
    const of = (name: (typeof blockSums)[number]) => read(name, block);
    const exact = isPrecise(of) ? null : sumRows(input, firstRow + row, Math.min(blockRows, rows - row));
    sums.loss += exact?.loss ?? of('loss');
    sums.entropy += exact?.entropy ?? of('entropy');
    sums.weightSum += exact?.weightSum ?? of('weightSum');
    sums.soundSides += of('soundSides');
    sums.finiteDistributions += of('finiteDistributions');
    sums.nonFiniteLogits += of('nonFiniteLogits');
    sums.nonFiniteWeights += of('nonFiniteWeights');
    sums.targetMin = Math.min(sums.targetMin, of('targetMin'));
    sums.targetMax = Math.max(sums.targetMax, of('targetMax'));
  }
  const counts = values.subarray(blockSums.length * blocks + piece.firstCell);
  for (let cell = 0; cell < cellsOf(input); cell++) sums.counts[cell]! += counts[cell]!;
}

/** Not when a distribution or a sum left float32's range, or when a small entropy lost its digits like a small loss. */
function isPrecise(of: (name: (typeof blockSums)[number]) => number): boolean {
  const areFinite = [of('loss'), of('entropy'), of('weightSum')].every(Number.isFinite);
  return areFinite && of('imprecise') === 0 && of('entropy') >= smallestPreciseLoss * of('finiteDistributions');
}

/** The pass of the cpu backend over some rows. */
function sumRows(input: DflInput, firstRow: number, rows: number): KernelSums {
  const { sides, bins, predDist, target, weight, group } = input;
  const end = firstRow + rows;
  return sumFloat64({
    ...input,
    positives: rows,
    predDist: predDist.subarray(firstRow * sides * bins, end * sides * bins),
    target: target.subarray(firstRow * sides, end * sides),
    weight: weight?.subarray(firstRow, end) ?? null,
    group: group?.subarray(firstRow, end) ?? null,
  });
}
