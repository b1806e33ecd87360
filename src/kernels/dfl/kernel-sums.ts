// What a kernel accumulates in its pass over the logits, and the recomputation made of it. All backends share this second half: what is
// divided, what is null, and the search for offenders and non-finite logits, which runs only where a count says that there are any.
// biome-ignore-all lint/style/noNonNullAssertion: indices stay inside arrays whose lengths assertDflInput has checked
import type { DflOffender, DflRecomputation, NonFiniteLogit, SideIndex, TargetCounts } from '../../contracts/dfl.ts';
import { limits } from '../../contracts/limits.ts';
import type { DflInput } from './contract.ts';
import { findWorstOffenders, worstOf } from './worst-offenders.ts';

export interface KernelSums {
  /** Sum of weight * DFL over the sound sides, before the mean over sides and the division. */
  loss: number;
  soundSides: number;
  /** Sum of the entropies, in nats, over the distributions whose logits are finite. */
  entropy: number;
  finiteDistributions: number;
  nonFiniteLogits: number;
  nonFiniteWeights: number;
  /** Sum of the finite weights; P without weights. */
  weightSum: number;
  /** Over finite targets; Infinity and -Infinity when there is none. */
  targetMin: number;
  targetMax: number;
  /** [groups, sides, K + countCells]: the K bins, then the cells of `countCell`. */
  counts: Uint32Array;
}

/** Cells that follow the K bins of each group and side in KernelSums.counts. */
export const countCell = { belowRange: 0, aboveRange: 1, nonFinite: 2, atLowerClip: 3, atUpperClip: 4 } as const;
export const countCells = 5;

/** Names of the numbers in KernelSums, in the order in which kernels that answer in one array store them. */
export const sumNames = [
  'loss',
  'soundSides',
  'entropy',
  'finiteDistributions',
  'nonFiniteLogits',
  'nonFiniteWeights',
  'weightSum',
  'targetMin',
  'targetMax',
] as const satisfies readonly (keyof KernelSums)[];

/** What is looked up again in the tensors of a part, where its sums say that there is something to find. Rows count from the capture's. */
export interface PartDetails {
  offenders: DflOffender[];
  /** How many finite targets out of range have each floor, clamped to +-floorBound. */
  outsideFloors: FloorCount[];
  firstNonFiniteLogits: NonFiniteLogit[];
}

type FloorCount = [floor: number, count: number];

export interface KernelPart {
  sums: KernelSums;
  details: PartDetails;
}

/** The recomputation of an input that a kernel passed over whole. Rules: contracts/dfl.ts. */
export function finishRecomputation(input: DflInput, sums: KernelSums): DflRecomputation {
  return mergeParts(input, [{ sums, details: inspectPart(input, sums) }]);
}

/** The recomputation of an input whose rows were computed in parts, given in the order of the rows. */
export function mergeParts(input: DflInput, parts: readonly KernelPart[]): DflRecomputation {
  const { positives, sides, bins, lo } = input;
  const distributions = positives * sides;
  const sums = addSums(parts.map((part) => part.sums));
  const targetCounts = readTargetCounts(input, sums.counts);
  const totals = addCounts(targetCounts, bins);
  const lossDflValid = finiteOrNull(sums.loss / sides / input.divisor);
  const finiteTargets = distributions - totals.nonFiniteTargets;
  const { offenders, outsideFloors, firstNonFiniteLogits } = joinDetails(parts);
  return {
    lossDfl: sums.soundSides === distributions ? lossDflValid : null,
    lossDflValid,
    weightSum: sums.weightSum,
    distributions,
    ...totals,
    nonFiniteLogits: sums.nonFiniteLogits,
    nonFiniteWeights: sums.nonFiniteWeights,
    targetMin: finiteTargets > 0 ? sums.targetMin : null,
    targetMax: finiteTargets > 0 ? sums.targetMax : null,
    targetCounts,
    floorPercentiles: percentilesOf(countFloors(totals.binHistogram, lo, outsideFloors)),
    entropyMean: sums.finiteDistributions > 0 ? finiteOrNull(sums.entropy / sums.finiteDistributions) : null,
    firstNonFiniteLogits: firstNonFiniteLogits.slice(0, limits.nonFiniteLogits),
    offenders: parts.length === 1 ? offenders : worstOf(offenders, lo, lo + bins),
  };
}

/** The lists of all parts one after the other; flatMap would take ten times as long. */
function joinDetails(parts: readonly KernelPart[]): PartDetails {
  const all: PartDetails = { offenders: [], outsideFloors: [], firstNonFiniteLogits: [] };
  for (const { details } of parts) {
    all.offenders.push(...details.offenders);
    all.outsideFloors.push(...details.outsideFloors);
    all.firstNonFiniteLogits.push(...details.firstNonFiniteLogits);
  }
  return all;
}

/** `input` holds the rows of the part, which follow the capture's first `firstRow` rows. */
export function inspectPart(input: DflInput, sums: KernelSums, firstRow = 0): PartDetails {
  const firstNonFiniteLogits = findNonFiniteLogits(input, sums.nonFiniteLogits, firstRow);
  if (countInRange(input, sums.counts) === input.target.length)
    return { offenders: [], outsideFloors: [], firstNonFiniteLogits };
  return {
    offenders: findWorstOffenders(input, firstRow),
    outsideFloors: countOutsideFloors(input),
    firstNonFiniteLogits,
  };
}

/** Cells of countOutsideFloors; kept, and zero between calls, because there are many more of them than floors in a part. */
const floorCells = new Uint32Array(2 * limits.floorBound + 1);

/** In rising order. */
function countOutsideFloors({ target, lo, bins }: DflInput): FloorCount[] {
  const top = lo + bins - 1;
  let first = floorCells.length;
  let last = -1;
  for (let at = 0; at < target.length; at++) {
    const t = target[at]!;
    if ((t >= lo && t < top) || !Number.isFinite(t)) continue;
    const cell = clampFloor(Math.floor(t)) + limits.floorBound;
    floorCells[cell]!++;
    if (cell < first) first = cell;
    if (cell > last) last = cell;
  }
  const floors: FloorCount[] = [];
  for (let cell = first; cell <= last; cell++) {
    if (floorCells[cell]! > 0) floors.push([cell - limits.floorBound, floorCells[cell]!]);
  }
  floorCells.fill(0, first, last + 1);
  return floors;
}

/** An empty KernelSums to add to. */
export function emptySums({ groups, sides, bins }: Pick<DflInput, 'groups' | 'sides' | 'bins'>): KernelSums {
  return {
    loss: 0,
    soundSides: 0,
    entropy: 0,
    finiteDistributions: 0,
    nonFiniteLogits: 0,
    nonFiniteWeights: 0,
    weightSum: 0,
    targetMin: Number.POSITIVE_INFINITY,
    targetMax: Number.NEGATIVE_INFINITY,
    counts: new Uint32Array(groups * sides * (bins + countCells)),
  };
}

function addSums(all: readonly KernelSums[]): KernelSums {
  const [first, ...others] = all;
  if (others.length === 0) return first!;
  const total = { ...first!, counts: first!.counts.slice() };
  const { counts } = total;
  for (const sums of others) {
    for (const name of addedNames) total[name] += sums[name];
    total.targetMin = Math.min(total.targetMin, sums.targetMin);
    total.targetMax = Math.max(total.targetMax, sums.targetMax);
    for (let i = 0; i < counts.length; i++) counts[i]! += sums.counts[i]!;
  }
  return total;
}

const addedNames = sumNames.filter((name) => name !== 'targetMin' && name !== 'targetMax');

function countInRange({ groups, sides, bins }: DflInput, counts: Uint32Array): number {
  const stride = bins + countCells;
  let total = 0;
  for (let block = 0; block < groups * sides; block++) {
    for (let bin = 0; bin < bins; bin++) total += counts[block * stride + bin]!;
  }
  return total;
}

function readTargetCounts({ sides, bins, groups }: DflInput, counts: Uint32Array): TargetCounts[] {
  const stride = bins + countCells;
  const all: TargetCounts[] = [];
  for (let index = 0; index < groups * sides; index++) {
    const first = index * stride;
    const cell = (name: keyof typeof countCell) => counts[first + bins + countCell[name]]!;
    const ofBins: number[] = [];
    for (let bin = 0; bin < bins; bin++) ofBins.push(counts[first + bin]!);
    all.push({
      group: Math.floor(index / sides),
      side: (index % sides) as SideIndex,
      bins: ofBins,
      belowRange: cell('belowRange'),
      aboveRange: cell('aboveRange'),
      nonFinite: cell('nonFinite'),
      atLowerClip: cell('atLowerClip'),
      atUpperClip: cell('atUpperClip'),
    });
  }
  return all;
}

type TargetTotals = Pick<
  DflRecomputation,
  'belowRange' | 'aboveRange' | 'nonFiniteTargets' | 'atLowerClip' | 'atUpperClip' | 'binHistogram'
>;

function addCounts(targetCounts: readonly TargetCounts[], bins: number): TargetTotals {
  const total: TargetTotals = {
    belowRange: 0,
    aboveRange: 0,
    nonFiniteTargets: 0,
    atLowerClip: 0,
    atUpperClip: 0,
    binHistogram: new Array<number>(bins).fill(0),
  };
  for (const counts of targetCounts) {
    total.belowRange += counts.belowRange;
    total.aboveRange += counts.aboveRange;
    total.nonFiniteTargets += counts.nonFinite;
    total.atLowerClip += counts.atLowerClip;
    total.atUpperClip += counts.atUpperClip;
    for (let bin = 0; bin < bins; bin++) total.binHistogram[bin]! += counts.bins[bin]!;
  }
  return total;
}

function clampFloor(floor: number): number {
  return Math.min(Math.max(floor, -limits.floorBound), limits.floorBound);
}

/** Floors of all finite targets with how many have each, in rising order. */
function countFloors(histogram: readonly number[], lo: number, outside: readonly FloorCount[]): FloorCount[] {
  const floors = histogram.map((count, bin): FloorCount => [clampFloor(lo + bin), count]);
  return outside.length === 0 ? floors : [...floors, ...outside].sort(([a], [b]) => a - b);
}

/** Of floors in rising order. Nearest rank: see contracts/dfl.ts. */
function percentilesOf(floors: readonly FloorCount[]): DflRecomputation['floorPercentiles'] {
  const total = floors.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return null;
  const outside = Math.floor(0.001 * total);
  let [low, high] = [0, floors.length - 1];
  for (let below = floors[low]![1]; below <= outside; below += floors[low]![1]) low++;
  for (let above = floors[high]![1]; above <= outside; above += floors[high]![1]) high--;
  return { low: floors[low]![0], high: floors[high]![0] };
}

function findNonFiniteLogits({ sides, bins, predDist }: DflInput, count: number, firstRow: number): NonFiniteLogit[] {
  const wanted = Math.min(count, limits.nonFiniteLogits);
  const found: NonFiniteLogit[] = [];
  for (let at = 0; found.length < wanted && at < predDist.length; at++) {
    const value = predDist[at]!;
    if (Number.isFinite(value)) continue;
    const distribution = Math.floor(at / bins);
    const side = (distribution % sides) as SideIndex;
    found.push({ row: firstRow + Math.floor(distribution / sides), side, bin: at % bins, value });
  }
  return found;
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
