// How the kernel divides its work, by the number of bins K; the shader and the tables it reads agree on this.
import { limits } from '../../../contracts/limits.ts';
import { countCells } from '../kernel-sums.ts';

/** Invocations of a workgroup. */
export const workgroupThreads = 128;

/** Words of workgroup memory that every WebGPU adapter has (16 KiB). */
const workgroupWords = 4096;

/** Logits that one invocation adds up in a row: few, so that float32 sums keep their digits. */
const logitsPerLane = 20;

/** A kernel for one shape keeps the count cells of so many groups beside the tile: what is left lets more workgroups run side by side. */
const usualGroups = 4;

/** Losses and entropies of a workgroup, gathered in the memory of the tile. */
const gatheredWords = 2 * workgroupThreads;

/** Tiles that a workgroup goes through at most: an invocation adds that many losses in float32. */
export const tilesPerItem = { most: 16, itemsWanted: 512 };

export interface KernelShape {
  bins: number;
  sides: 4 | 1;
  /** Invocations that share a distribution, a power of 2. */
  lanes: number;
  /** Distributions that a workgroup holds at a time. */
  tileDistributions: number;
}

export function shapeOf(bins: number, sides: 4 | 1): KernelShape {
  let lanes = 1;
  while (bins / lanes > logitsPerLane) lanes *= 2;
  return { bins, sides, lanes, tileDistributions: workgroupThreads / lanes };
}

/** Words of a distribution in workgroup memory: odd, so that neighbours lie in different banks. */
export function strideOf(bins: number): number {
  return bins % 2 === 1 ? bins : bins + 1;
}

/** Words that an invocation brings in per tile. */
export function wordsPerThread({ bins, tileDistributions }: KernelShape): number {
  return Math.ceil((tileDistributions * bins) / workgroupThreads);
}

export interface WorkgroupMemory {
  tileWords: number;
  /** Words of each of the three arrays through which lanes combine. */
  laneWords: number;
  /** Count cells that fit beside the tile; a slice with more counts in the results right away. */
  localCells: number;
}

/** For one shape; for null what serves each of them, with all memory that is left for count cells. */
export function memoryOf(shape: KernelShape | null): WorkgroupMemory {
  const shapes = shape ? [shape] : allShapes();
  const tileWords = Math.max(gatheredWords, ...shapes.map(tileWordsOf));
  const laneWords = shapes.some(({ lanes }) => lanes > 1) ? workgroupThreads : 1;
  // Each of the seven arrays starts at a multiple of 4 words; those of counts and extremes have 6.
  const left = workgroupWords - tileWords - 3 * laneWords - 6 - 7 * 4;
  if (shape === null) return { tileWords, laneWords, localCells: left };
  const cells = shape.sides * (shape.bins + countCells) * usualGroups;
  return { tileWords, laneWords, localCells: Math.min(left, cells) };
}

function allShapes(): KernelShape[] {
  return Array.from({ length: limits.maxBins - 1 }, (_, i) => shapeOf(limits.minBins + i, 4));
}

function tileWordsOf(shape: KernelShape): number {
  const last = wordsPerThread(shape) * workgroupThreads - 1;
  return Math.floor(last / shape.bins) * strideOf(shape.bins) + (last % shape.bins) + 1;
}
