// Packs captures of equal K and sides into chunks that the op graph reduces in one run each. Rows are padded to blocks that belong to one
// capture, so that its parameters are a value per block and its sums are sums of blocks.
// biome-ignore-all lint/style/noNonNullAssertion: indices stay inside arrays whose lengths assertDflInput has checked
import { type DflInput, type Float32DflInput, isFloat32 } from '../contract.ts';
import { atLeast, atMost } from '../float32.ts';
import { countCells, type KernelSums } from '../kernel-sums.ts';

/** Distributions of a block: sums of so few lose no digit that counts; blocks are added up in float64. */
const blockDistributions = 32;
/** Logits of a chunk: 16 MiB, and as numbers exact in float32, like the cells. */
const chunkLogits = 2 ** 22;
const chunkCells = 2 ** 20;

export interface Chunk {
  bins: number;
  sides: number;
  blocks: number;
  blockRows: number;
  /** Rows of captures in the order of the blocks. */
  pieces: Piece[];
  /** Length of the counts of all its captures. */
  cells: number;
  /** [blocks, blockRows, sides, bins] */
  logits: Float32Array;
  /** [blocks, blockRows, sides] */
  target: Float32Array;
  /** [blocks, blockRows] */
  weight: Float32Array;
  /** [blocks, blockRows]: the first cell of the row's group, -1 for padding. */
  firstCell: Float32Array;
  /** [blocks] each. `truncates` is 1 where the left bin is the integer cast of the target. */
  lo: Float32Array;
  clipFrom: Float32Array;
  clipTo: Float32Array;
  truncates: Float32Array;
}

export interface Packable {
  input: Float32DflInput;
  /** Where the results are added. */
  sums: KernelSums;
}

export interface Piece extends Packable {
  firstRow: number;
  rows: number;
  firstBlock: number;
  /** Where the capture's counts begin. */
  firstCell: number;
}

/** Whether float32 arithmetic tells targets and bins apart as float64 does. TensorFlow takes denormal numbers for 0. */
export function suitsFloat32(input: DflInput): input is Float32DflInput {
  if (!isFloat32(input) || Math.abs(input.lo) + input.bins > 2 ** 24) return false;
  const smallestNormal = 2 ** -126;
  return input.target.every((t) => t === 0 || !(Math.abs(t) < smallestNormal));
}

/** Chunks of captures of any shape, packed one at a time as they are taken. */
export function* packChunks(captures: readonly Packable[]): Generator<Chunk> {
  const byShape = new Map<string, Packable[]>();
  for (const capture of captures) {
    const shape = `${capture.input.bins},${capture.input.sides}`;
    const alike = byShape.get(shape);
    if (alike) alike.push(capture);
    else byShape.set(shape, [capture]);
  }
  for (const alike of byShape.values()) {
    for (const pieces of planChunks(alike)) yield pack(pieces);
  }
}

/** Splits and gathers captures of one shape so that no chunk is larger than the bounds. */
function* planChunks(captures: readonly Packable[]): Generator<Piece[]> {
  let pieces: Piece[] = [];
  let blocks = 0;
  let cells = 0;
  for (const { input, sums } of captures) {
    const blockRows = blockDistributions / input.sides;
    const chunkBlocks = Math.floor(chunkLogits / (blockDistributions * input.bins));
    for (let firstRow = 0; firstRow < input.positives; ) {
      if (blocks === chunkBlocks || (blocks > 0 && cells + cellsOf(input) > chunkCells)) {
        yield pieces;
        [pieces, blocks, cells] = [[], 0, 0];
      }
      const rows = Math.min(input.positives - firstRow, (chunkBlocks - blocks) * blockRows);
      pieces.push({ input, sums, firstRow, rows, firstBlock: blocks, firstCell: cells });
      blocks += Math.ceil(rows / blockRows);
      cells += cellsOf(input);
      firstRow += rows;
    }
  }
  if (pieces.length > 0) yield pieces;
}

export function cellsOf({ groups, sides, bins }: DflInput): number {
  return groups * sides * (bins + countCells);
}

function pack(pieces: Piece[]): Chunk {
  const last = pieces.at(-1)!;
  const { sides, bins } = last.input;
  const blockRows = blockDistributions / sides;
  const blocks = last.firstBlock + Math.ceil(last.rows / blockRows);
  const chunk: Chunk = {
    bins,
    sides,
    blocks,
    blockRows,
    pieces,
    cells: last.firstCell + cellsOf(last.input),
    logits: new Float32Array(blocks * blockRows * sides * bins),
    target: new Float32Array(blocks * blockRows * sides),
    weight: new Float32Array(blocks * blockRows),
    firstCell: new Float32Array(blocks * blockRows).fill(-1),
    lo: new Float32Array(blocks),
    clipFrom: new Float32Array(blocks),
    clipTo: new Float32Array(blocks),
    truncates: new Float32Array(blocks),
  };
  for (const piece of pieces) packPiece(chunk, piece);
  return chunk;
}

function packPiece(chunk: Chunk, { input, firstRow, rows, firstBlock, firstCell }: Piece): void {
  const { sides, bins, blockRows } = chunk;
  const { predDist, target, weight, group, upperClip } = input;
  const firstPacked = firstBlock * blockRows;
  const rowLogits = sides * bins;
  chunk.logits.set(predDist.subarray(firstRow * rowLogits, (firstRow + rows) * rowLogits), firstPacked * rowLogits);
  chunk.target.set(target.subarray(firstRow * sides, (firstRow + rows) * sides), firstPacked * sides);
  if (weight === null) chunk.weight.fill(1, firstPacked, firstPacked + rows);
  else chunk.weight.set(weight.subarray(firstRow, firstRow + rows), firstPacked);
  const groupCells = sides * (bins + countCells);
  for (let row = 0; row < rows; row++)
    chunk.firstCell[firstPacked + row] = firstCell + (group === null ? 0 : group[firstRow + row]! * groupCells);
  const ofBlocks = [firstBlock, firstBlock + Math.ceil(rows / blockRows)] as const;
  chunk.lo.fill(input.lo, ...ofBlocks);
  chunk.clipFrom.fill(atLeast(upperClip.from), ...ofBlocks);
  chunk.clipTo.fill(atMost(upperClip.to), ...ofBlocks);
  chunk.truncates.fill(input.rounding === 'truncate' ? 1 : 0, ...ofBlocks);
}
