// The WGSL of the fused kernel: for every distribution log-softmax, two-bin cross entropy, weight, entropy and all counts, reading each
// logit once from the device's memory. Formulas: reference.ts; tables: table-words.ts; division of the work: shape.ts.
import { countCell, countCells } from '../kernel-sums.ts';
import { infiniteOrder } from './float-order.ts';
import { gathering, startGathering, storePartials } from './shader-gather.ts';
import { loopsOf, type ShaderLoops } from './shader-loops.ts';
import { shaderMath } from './shader-math.ts';
import { type KernelShape, memoryOf, strideOf, workgroupThreads } from './shape.ts';
import { itemWords, none, sliceWord, tableHead } from './table-words.ts';

export interface ShaderOptions {
  /** Adds up within subgroups first; the adapter must have them. */
  subgroups: boolean;
  /** A kernel for this shape alone, whose loops are written out; null: one kernel for all shapes. */
  shape: KernelShape | null;
}

export function shaderOf({ shape, subgroups }: ShaderOptions): string {
  const { tileWords, laneWords, localCells } = memoryOf(shape);
  const loops = loopsOf(shape);
  return /* wgsl */ `
${subgroups ? 'enable subgroups;' : ''}

const threads = ${workgroupThreads}u;
const leastFloat = -3.4028234e38;
${shape ? constants(shape) : ''}

@group(0) @binding(0) var<storage, read> rows: array<u32>;
@group(0) @binding(1) var<storage, read> logits: array<u32>;
@group(0) @binding(2) var<storage, read_write> results: array<atomic<u32>>;

var<workgroup> tile: array<u32, ${tileWords}>;
var<workgroup> histogram: array<atomic<u32>, ${localCells}>;
${loops.lanesShare ? laneMemory(laneWords) : ''}
${shaderMath}
${gathering(subgroups)}
fn orderOf(bits: u32) -> i32 {
  let magnitude = i32(bits & 0x7fffffffu);
  return select(magnitude, -magnitude, bits >= 0x80000000u);
}

fn isFinite(bits: u32) -> bool {
  return (bits & 0x7f800000u) != 0x7f800000u;
}

fn count(cell: u32, cells: u32, countsAt: u32) {
  if (cells <= ${localCells}u) {
    atomicAdd(&histogram[cell], 1u);
  } else {
    atomicAdd(&results[countsAt + cell], 1u);
  }
}

@compute @workgroup_size(${workgroupThreads})
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let item = workgroup.x + workgroup.y * workgroups.x;
  if (item >= rows[${tableHead.items}]) { return; }
  let itemAt = rows[${tableHead.itemsAt}] + item * ${itemWords}u;
  ${readSlice(shape)}
  ${startGathering}
  if (cells <= ${localCells}u) {
    for (var cell = local; cell < cells; cell += threads) { atomicStore(&histogram[cell], 0u); }
  }
  var lossSum = 0.0;
  var entropySum = 0.0;
  var sound = 0u;
  var finite = 0u;
  var nonFinite = 0u;
  var leftOut = 0u;
  var least = ${infiniteOrder};
  var greatest = -${infiniteOrder};

  let tiles = rows[${tableHead.tilesPerItem}];
  var first = rows[itemAt + 1u] * tileDistributions;
  var nextTarget = 0u;
  var nextWeight = 0x3f800000u;
  var nextGroup = 0u;
  ${shape ? loops.overWords((word) => `var next${word}: u32;`) : ''}
  if (first < distributions) {${askForNext(shape, loops)}
  }
  for (var step = 0u; step < tiles; step++) {
    if (first >= distributions) { break; }
    let bits = nextTarget;
    let weightBits = nextWeight;
    let group = nextGroup;
    workgroupBarrier();
    ${loops.overWords((word, at) => `tile[${loops.tilePlace(at)}] = ${shape ? `next${word}` : storedLogit(at)};`)}
    workgroupBarrier();
    let distribution = first + inTile;
    first += tileDistributions;
    // What the next tile needs is asked for before this one is computed: memory takes longer to answer than a tile takes to compute.
    if (step + 1u < tiles && first < distributions) {${askForNext(shape, loops)}
    }
    ${findLargest(loops)}
    ${addExponentials(loops)}
    if (lane == 0u && distribution < distributions) {
      ${finishSums}
      ${countTarget}
    }
  }
  ${storePartials}
  if (cells <= ${localCells}u) {
    for (var cell = local; cell < cells; cell += threads) {
      let found = atomicLoad(&histogram[cell]);
      if (found > 0u) { atomicAdd(&results[countsAt + cell], found); }
    }
  }
}
`;
}

const word = (name: keyof typeof sliceWord) => `rows[slice + ${sliceWord[name]}u]`;
const signed = (name: keyof typeof sliceWord) => `bitcast<i32>(${word(name)})`;

function constants(shape: KernelShape): string {
  return [
    `const bins = ${shape.bins}u;`,
    `const sides = ${shape.sides}u;`,
    `const lanes = ${shape.lanes}u;`,
    `const stride = ${strideOf(shape.bins)}u;`,
  ].join('\n');
}

/** What lanes tell each other: first the largest logit and how many are not finite, then the three sums. */
function laneMemory(laneWords: number): string {
  return ['laneA', 'laneB', 'laneC'].map((name) => `var<workgroup> ${name}: array<f32, ${laneWords}>;`).join('\n');
}

function readSlice(shape: KernelShape | null): string {
  const variables = (['bins', 'sides', 'lanes', 'stride', 'wordsPerThread'] as const).map(
    (name) => `let ${name} = ${word(name)};`,
  );
  return /* wgsl */ `
  let slice = rows[itemAt];
  ${shape ? '' : variables.join('\n  ')}
  let distributions = ${word('distributions')};
  let logitsAt = ${word('logits')};
  let targetsAt = ${word('targets')};
  let weightsAt = ${word('weights')};
  let groupsAt = ${word('groups')};
  let countsAt = ${word('counts')};
  let cells = ${word('cells')};
  let lo = ${signed('lo')};
  let rangeFrom = ${signed('lowest')};
  let rangeTo = ${signed('highest')};
  let clipFrom = ${signed('clipFrom')};
  let clipTo = ${signed('clipTo')};
  let truncates = ${word('truncates')} != 0u;
  let lastLogit = logitsAt + distributions * bins - 1u;
  let tileDistributions = threads / lanes;
  let inTile = local / lanes;
  let lane = local % lanes;
  let tileAt = inTile * stride;`;
}

/** The word `at` of the logits of the tile that begins at distribution `first`; past the last one, some word of the slice. */
function storedLogit(at: string): string {
  return `logits[min(logitsAt + first * bins + ${at}, lastLogit)]`;
}

/** Asks the device's memory for what belongs to the tile at `first`; in the kernel for all shapes its logits are asked for when it is due. */
function askForNext(shape: KernelShape | null, { overWords }: ShaderLoops): string {
  return /* wgsl */ `
    let next = min(first + inTile, distributions - 1u);
    nextTarget = rows[targetsAt + next];
    if (weightsAt != ${none}u) { nextWeight = rows[weightsAt + next / sides]; }
    if (groupsAt != ${none}u) { nextGroup = (rows[groupsAt + next / sides / 4u] >> (8u * (next / sides % 4u))) & 0xffu; }
    ${shape ? overWords((name, at) => `next${name} = ${storedLogit(at)};`) : ''}`;
}

/** Makes `largest` and `broken`, the number of logits that are not finite. They become 0: no later arithmetic meets them. */
function findLargest({ lanesShare, declareLogits, readLogits, overBins, ownLogit }: ShaderLoops): string {
  return /* wgsl */ `
    ${declareLogits}
    ${readLogits}
    var largest = leastFloat;
    var magnitude = 0u;
    ${overBins(
      (bin) => `
      magnitude = max(magnitude, ${ownLogit(bin)} & 0x7fffffffu);
      largest = max(largest, bitcast<f32>(${ownLogit(bin)}));`,
    )}
    var broken = 0u;
    if (!isFinite(magnitude)) {
      largest = leastFloat;
      for (var bin = lane; bin < bins; bin += lanes) {
        if (!isFinite(tile[tileAt + bin])) {
          broken += 1u;
          tile[tileAt + bin] = 0u;
        }
        largest = max(largest, bitcast<f32>(tile[tileAt + bin]));
      }
      ${readLogits}
    }
    ${lanesShare ? shareLargest : ''}`;
}

/** Every lane of a distribution learns the largest logit; each of them also the number of logits that are not finite. */
const shareLargest = /* wgsl */ `
    if (lanes > 1u) {
      laneA[local] = largest;
      laneB[local] = f32(broken);
      workgroupBarrier();
      broken = 0u;
      for (var k = inTile * lanes; k < (inTile + 1u) * lanes; k++) {
        largest = max(largest, laneA[k]);
        broken += u32(laneB[k]);
      }
      workgroupBarrier();
    }`;

/**
 * Makes s = sum exp(d) and u = sum d/2 exp(d), d = z - largest, over the logits that are not the largest, but for the factor and the shift of
 * termOf, and `equals`, how many are. A device that takes a subnormal largest for 0 finds it with >= all the same.
 */
function addExponentials({ lanesShare, overBins, ownLogit }: ShaderLoops): string {
  return /* wgsl */ `
    let halfLargest = 0.5 * largest;
    let origin = originOf(halfLargest);
    var s = 0.0;
    var u = 0.0;
    var equals = 0.0;
    ${overBins(
      (bin) => `{
      let z = bitcast<f32>(${ownLogit(bin)});
      let term = termOf(z, origin);
      let isLargest = z >= largest;
      let exponential = select(term.exponential, 0.0, isLargest);
      equals += select(0.0, 1.0, isLargest);
      s += exponential;
      u = fma(term.halfDifference, exponential, u);
    }`,
    )}
    ${lanesShare ? shareSums : ''}`;
}

const shareSums = /* wgsl */ `
    if (lanes > 1u) {
      laneA[local] = s;
      laneB[local] = u;
      laneC[local] = equals;
      workgroupBarrier();
      s = 0.0;
      u = 0.0;
      equals = 0.0;
      for (var k = inTile * lanes; k < (inTile + 1u) * lanes; k++) {
        s += laneA[k];
        u += laneB[k];
        equals += laneC[k];
      }
    }`;

/** Makes logSum = log sum exp(z - largest), and adds the entropy. */
const finishSums = /* wgsl */ `
      let factor = factorOf(origin.lower);
      u = fma(-origin.lower, s, u) * factor;
      s = fma(s, factor, equals - 1.0);
      let logSum = log1pOf(s);
      nonFinite += broken;
      if (broken == 0u) {
        finite += 1u;
        entropySum += logSum - 2.0 * u / (1.0 + s);
      }`;

/** Counts the target in its cell and at the clips, and adds its loss where everything is sound. */
const countTarget = /* wgsl */ `
      let order = orderOf(bits);
      if (isFinite(bits)) {
        least = min(least, order);
        greatest = max(greatest, order);
      }
      // The cell to count in: one of the bins or one of those after them.
      let firstCell = (group * sides + distribution % sides) * (bins + ${countCells}u);
      let beyond = select(${countCell.aboveRange}u, ${countCell.belowRange}u, order < rangeFrom);
      var cell = firstCell + bins + select(${countCell.nonFinite}u, beyond, isFinite(bits));

      if (order >= rangeFrom && order <= rangeTo) {
        let t = bitcast<f32>(bits);
        // A negative number that the device may take for zero lies below it.
        let isTiny = order < 0 && order > -0x00800000;
        let floored = select(i32(floor(t)), -1, isTiny);
        cell = firstCell + u32(floored - lo);
        if (order == rangeFrom) { count(firstCell + bins + ${countCell.atLowerClip}u, cells, countsAt); }
        if (order >= clipFrom && order <= clipTo) { count(firstCell + bins + ${countCell.atUpperClip}u, cells, countsAt); }

        if (broken == 0u && isFinite(weightBits)) {
          sound += 1u;
          let left = select(floored, select(i32(trunc(t)), 0, isTiny), truncates);
          let toRight = t - f32(left);
          let toLeft = select(f32(left + 1) - t, 1.0, toRight == 0.0);
          let leftAt = tileAt + u32(left - lo);
          let halfLeft = halfLargest - 0.5 * bitcast<f32>(tile[leftAt]);
          let halfRight = halfLargest - 0.5 * bitcast<f32>(tile[leftAt + 1u]);
          let halfLoss = 0.5 * logSum + toLeft * halfLeft + toRight * halfRight;
          // What float32 does not hold to the last digits that count is left to float64: sums and products that may overflow or underflow,
          // losses that cancel because a truncated negative target weighs a bin negatively, weights of bins that float64 itself rounds.
          let isExtreme = halfLoss >= 1e15 || halfLoss < 1e-27 || (weightBits & 0x7fffffffu) >= bitcast<u32>(f32(1e15));
          if (isExtreme || (toRight < 1e-8 && toRight != 0.0)) {
            leftOut += 1u;
            atomicOr(&results[${word('leftOut')} + distribution / 32u], 1u << (distribution % 32u));
          } else {
            lossSum += 2.0 * bitcast<f32>(weightBits) * halfLoss;
          }
        }
      }
      count(cell, cells, countsAt);`;
