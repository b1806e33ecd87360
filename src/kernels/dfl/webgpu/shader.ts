// The WGSL of the fused kernel: for every distribution log-softmax, two-bin cross entropy, weight, entropy and all counts, reading each
// logit once from the device's memory. Formulas: reference.ts; tables: table-words.ts; division of the work: shape.ts.
import { countCell, countCells } from '../kernel-sums.ts';
import { infiniteOrder } from './float-order.ts';
import { shaderMath } from './shader-math.ts';
import { type KernelShape, memoryOf, strideOf, wordsPerThread, workgroupThreads } from './shape.ts';
import { itemWords, none, partialWord, partialWords, sliceWord, tableHead } from './table-words.ts';

export interface ShaderOptions {
  /** Adds up within subgroups first; the adapter must have them. */
  subgroups: boolean;
  /** A kernel for this shape alone, whose loops the driver can unroll; null: one kernel for all shapes. */
  shape: KernelShape | null;
}

export function shaderOf({ shape, subgroups }: ShaderOptions): string {
  const { tileWords, laneWords, localCells } = memoryOf(shape);
  const word = (name: keyof typeof sliceWord) => `rows[slice + ${sliceWord[name]}u]`;
  const signed = (name: keyof typeof sliceWord) => `bitcast<i32>(${word(name)})`;
  const { placeOf, logit, declareLogits, readLogits, overWords, overBins } = loopsOf(shape);
  const logitAt = (at: string) => `logits[min(logitsAt + first * bins + ${at}, lastLogit)]`;
  const bringNext = `
      let at = min(first + own, distributions - 1u);
      nextTarget = rows[targetsAt + at];
      if (weightsAt != ${none}u) { nextWeight = rows[weightsAt + at / sides]; }
      if (groupsAt != ${none}u) { nextGroup = (rows[groupsAt + at / sides / 4u] >> (8u * (at / sides % 4u))) & 0xffu; }
      ${shape ? overWords((k, at) => `next${k} = ${logitAt(at)};`) : ''}`;
  const compareLogit = (bits: string) => `
      magnitude = max(magnitude, ${bits} & 0x7fffffffu);
      largest = max(largest, bitcast<f32>(${bits}));`;
  const addTerm = (bits: string) => `{
      let z = bitcast<f32>(${bits});
      let term = termOf(z, reference);
      let isLargest = z == largest;
      let exponential = select(term.exponential, 0.0, isLargest);
      equals += select(0.0, 1.0, isLargest);
      s += exponential;
      u = fma(term.half, exponential, u);
    }`;
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
var<workgroup> laneA: array<f32, ${laneWords}>;
var<workgroup> laneB: array<f32, ${laneWords}>;
var<workgroup> laneC: array<f32, ${laneWords}>;
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
  let slice = rows[itemAt];
  ${shape ? '' : variables(word)}
  let distributions = ${word('distributions')};
  let logitsAt = ${word('logits')};
  let targetsAt = ${word('targets')};
  let weightsAt = ${word('weights')};
  let groupsAt = ${word('groups')};
  let countsAt = ${word('counts')};
  let cells = ${word('cells')};
  let lo = ${signed('lo')};
  let lowest = ${signed('lowest')};
  let highest = ${signed('highest')};
  let clipFrom = ${signed('clipFrom')};
  let clipTo = ${signed('clipTo')};
  let truncates = ${word('truncates')} != 0u;
  let tiles = rows[${tableHead.tilesPerItem}];
  let own = local / lanes;
  let lane = local % lanes;
  let ownAt = own * stride;
  let tileDistributions = threads / lanes;
  let lastLogit = logitsAt + distributions * bins - 1u;

  if (local < 4u) { atomicStore(&counted[local], 0u); }
  if (local < 2u) { atomicStore(&extremes[local], select(-${infiniteOrder}, ${infiniteOrder}, local == 0u)); }
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

  // What the next tile needs is asked for before this one is computed: memory takes longer to answer than a tile takes to compute.
  var first = rows[itemAt + 1u] * tileDistributions;
  var nextTarget = 0u;
  var nextWeight = 0x3f800000u;
  var nextGroup = 0u;
  ${shape ? overWords((k) => `var next${k}: u32;`) : ''}
  if (first < distributions) {${bringNext}
  }

  for (var step = 0u; step < tiles; step++) {
    if (first >= distributions) { break; }
    let bits = nextTarget;
    let weightBits = nextWeight;
    let group = nextGroup;
    workgroupBarrier();
    ${overWords((k, at) => `tile[${placeOf(at)}] = ${shape ? `next${k}` : logitAt(at)};`)}
    workgroupBarrier();
    let distribution = first + own;
    first += tileDistributions;
    if (step + 1u < tiles && first < distributions) {${bringNext}
    }

    ${declareLogits}
    // The largest logit. What is not finite becomes 0: no later arithmetic meets it.
    var largest = leastFloat;
    var magnitude = 0u;
    ${readLogits}
    ${overBins((bin) => compareLogit(logit(bin)))}
    var broken = 0u;
    if (!isFinite(magnitude)) {
      largest = leastFloat;
      for (var bin = lane; bin < bins; bin += lanes) {
        if (!isFinite(tile[ownAt + bin])) {
          broken += 1u;
          tile[ownAt + bin] = 0u;
        }
        largest = max(largest, bitcast<f32>(tile[ownAt + bin]));
      }
      ${readLogits}
    }
    if (lanes > 1u) {
      // Every lane of a distribution learns the largest logit; the first one the number of logits that are not finite.
      laneA[local] = largest;
      laneB[local] = f32(broken);
      workgroupBarrier();
      broken = 0u;
      for (var k = own * lanes; k < (own + 1u) * lanes; k++) {
        largest = max(largest, laneA[k]);
        broken += u32(laneB[k]);
      }
      workgroupBarrier();
    }

    // s = sum exp(d) over the others and u = sum d/2 exp(d), d = z - largest.
    let halfLargest = 0.5 * largest;
    let reference = referenceOf(halfLargest);
    var s = 0.0;
    var u = 0.0;
    var equals = 0.0;
    ${overBins((bin) => addTerm(logit(bin)))}
    if (lanes > 1u) {
      laneA[local] = s;
      laneB[local] = u;
      laneC[local] = equals;
      workgroupBarrier();
      s = 0.0;
      u = 0.0;
      equals = 0.0;
      for (var k = own * lanes; k < (own + 1u) * lanes; k++) {
        s += laneA[k];
        u += laneB[k];
        equals += laneC[k];
      }
    }

    if (lane == 0u && distribution < distributions) {
      let factor = factorOf(reference.lower);
      u = fma(-reference.lower, s, u) * factor;
      s = fma(s, factor, equals - 1.0);
      let logSum = log1pOf(s);
      nonFinite += broken;
      if (broken == 0u) {
        finite += 1u;
        entropySum += logSum - 2.0 * u / (1.0 + s);
      }

      let order = orderOf(bits);
      if (isFinite(bits)) {
        least = min(least, order);
        greatest = max(greatest, order);
      }
      // The cell to count in: one of the bins or one of those after them.
      let firstCell = (group * sides + distribution % sides) * (bins + ${countCells}u);
      let beyond = select(${countCell.aboveRange}u, ${countCell.belowRange}u, order < lowest);
      var cell = firstCell + bins + select(${countCell.nonFinite}u, beyond, isFinite(bits));

      if (order >= lowest && order <= highest) {
        let t = bitcast<f32>(bits);
        // A negative number that the device may take for zero lies below it.
        let isTiny = order < 0 && order > -0x00800000;
        let floored = select(i32(floor(t)), -1, isTiny);
        cell = firstCell + u32(floored - lo);
        if (order == lowest) { count(firstCell + bins + ${countCell.atLowerClip}u, cells, countsAt); }
        if (order >= clipFrom && order <= clipTo) { count(firstCell + bins + ${countCell.atUpperClip}u, cells, countsAt); }

        if (broken == 0u && isFinite(weightBits)) {
          sound += 1u;
          let left = select(floored, select(i32(trunc(t)), 0, isTiny), truncates);
          let toRight = t - f32(left);
          let toLeft = select(f32(left + 1) - t, 1.0, toRight == 0.0);
          let at = ownAt + u32(left - lo);
          let halfLeft = halfLargest - 0.5 * bitcast<f32>(tile[at]);
          let halfRight = halfLargest - 0.5 * bitcast<f32>(tile[at + 1u]);
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
      count(cell, cells, countsAt);
    }
  }

  workgroupBarrier();
  tile[local] = bitcast<u32>(lossSum);
  tile[threads + local] = bitcast<u32>(entropySum);
  gather(local, vec4<u32>(sound, finite, nonFinite, leftOut), least, greatest);
  workgroupBarrier();
  addUp(local, threads / 4u, 8u);
  addUp(local, 2u, threads / 8u);
  let partial = item * ${partialWords}u;
  if (local < 2u) {
    atomicStore(&results[partial + ${partialWord.loss}u + local], tile[local]);
    atomicStore(&results[partial + ${partialWord.minOrder}u + local], bitcast<u32>(atomicLoad(&extremes[local])));
  }
  if (local < 4u) { atomicStore(&results[partial + ${partialWord.soundSides}u + local], atomicLoad(&counted[local])); }

  if (cells <= ${localCells}u) {
    for (var cell = local; cell < cells; cell += threads) {
      let found = atomicLoad(&histogram[cell]);
      if (found > 0u) { atomicAdd(&results[countsAt + cell], found); }
    }
  }
}
`;
}

/** How the shader goes over words and bins: in a kernel for one shape without loops, the logits of an invocation in its registers. */
function loopsOf(shape: KernelShape | null) {
  const unrolled = (count: number, statements: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => statements(i)).join('\n    ');
  const inRegisters = shape?.lanes === 1;
  const overBins = (statements: (bin: string) => string) =>
    inRegisters
      ? unrolled(shape.bins, (bin) => statements(`${bin}`))
      : `for (var bin = lane; bin < bins; bin += lanes) { ${statements('bin')} }`;
  return {
    overBins,
    overWords: (statements: (k: string, at: string) => string) =>
      shape
        ? unrolled(wordsPerThread(shape), (k) => statements(`${k}`, `(local + ${k * workgroupThreads}u)`))
        : `for (var k = 0u; k < wordsPerThread; k++) { ${statements('k', '(local + k * threads)')} }`,
    /** Where in the tile the word `at` of the tile's logits lies. */
    placeOf: (at: string) =>
      shape && strideOf(shape.bins) === shape.bins ? at : `(${at} / bins) * stride + ${at} % bins`,
    logit: (bin: string) => (inRegisters ? `own${bin}` : `tile[ownAt + ${bin}]`),
    declareLogits: inRegisters ? overBins((bin) => `var own${bin}: u32;`) : '',
    readLogits: inRegisters ? overBins((bin) => `own${bin} = tile[ownAt + ${bin}];`) : '',
  };
}

function constants(shape: KernelShape): string {
  return [
    `const bins = ${shape.bins}u;`,
    `const sides = ${shape.sides}u;`,
    `const lanes = ${shape.lanes}u;`,
    `const stride = ${strideOf(shape.bins)}u;`,
    `const wordsPerThread = ${wordsPerThread(shape)}u;`,
  ].join('\n');
}

function variables(word: (name: keyof typeof sliceWord) => string): string {
  return ['bins', 'sides', 'lanes', 'stride', 'wordsPerThread']
    .map((name) => `let ${name} = ${word(name as keyof typeof sliceWord)};`)
    .join('\n  ');
}

/** How a workgroup adds up what its invocations have: counts and extremes in any order, within subgroups first; losses in a fixed order. */
function gathering(subgroups: boolean): string {
  const within = (operation: string, value: string) => (subgroups ? `${operation}(${value})` : value);
  return /* wgsl */ `
var<workgroup> counted: array<atomic<u32>, 4>;
var<workgroup> extremes: array<atomic<i32>, 2>;

fn gather(local: u32, counts: vec4<u32>, least: i32, greatest: i32) {
  let sums = ${within('subgroupAdd', 'counts')};
  let lowest = ${within('subgroupMin', 'least')};
  let highest = ${within('subgroupMax', 'greatest')};
  if (${subgroups ? 'local == subgroupMin(local)' : 'true'}) {
    for (var k = 0u; k < 4u; k++) { atomicAdd(&counted[k], sums[k]); }
    atomicMin(&extremes[0], lowest);
    atomicMax(&extremes[1], highest);
  }
}

// Makes the sum of every \`run\` words, that many of them, and puts them at the start.
fn addUp(local: u32, sums: u32, run: u32) {
  var sum = 0.0;
  if (local < sums) {
    for (var k = 0u; k < run; k++) { sum += bitcast<f32>(tile[local * run + k]); }
  }
  workgroupBarrier();
  if (local < sums) { tile[local] = bitcast<u32>(sum); }
  workgroupBarrier();
}
`;
}
