// The WGSL of the fused kernel: for every distribution log-softmax, two-bin cross entropy, weight, entropy and all counts, reading each
// logit once from the device's memory. Formulas: reference.ts; tables: table-words.ts; division of the work: shape.ts.
import { limits } from '../../../contracts/limits.ts';
import { countCell, countCells } from '../kernel-sums.ts';
import { infiniteOrder } from './float-order.ts';
import { shaderMath } from './shader-math.ts';
import { type KernelShape, memoryOf, shapeOf, strideOf, wordsPerThread, workgroupThreads } from './shape.ts';
import { itemWords, none, partialWord, partialWords, sliceWord, tableHead } from './table-words.ts';

export interface ShaderOptions {
  /** Adds up within subgroups first; the adapter must have them. */
  subgroups: boolean;
  /** A kernel for this shape alone, whose loops the driver can unroll; null: one kernel for all shapes. */
  shape: KernelShape | null;
}

export function shaderOf({ shape, subgroups }: ShaderOptions): string {
  const { tileWords, laneWords, localCells } = memoryOf(shape ? [shape] : allShapes());
  const word = (name: keyof typeof sliceWord) => `rows[slice + ${sliceWord[name]}u]`;
  const signed = (name: keyof typeof sliceWord) => `bitcast<i32>(${word(name)})`;
  return /* wgsl */ `
${subgroups ? 'enable subgroups;' : ''}

const threads = ${workgroupThreads}u;
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
${gatherOf(subgroups)}
fn orderOf(bits: u32) -> i32 {
  let magnitude = i32(bits & 0x7fffffffu);
  return select(magnitude, -magnitude, bits >= 0x80000000u);
}

fn isFinite(bits: u32) -> bool {
  return (bits & 0x7f800000u) != 0x7f800000u;
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
  let firstTile = rows[itemAt + 1u];
  ${shape ? '' : variables(word)}
  let distributions = ${word('distributions')};
  let cells = ${word('cells')};
  let lo = ${signed('lo')};
  let own = local / lanes;
  let lane = local % lanes;
  let ownAt = own * stride;
  let tileDistributions = threads / lanes;

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

  for (var step = 0u; step < rows[${tableHead.tilesPerItem}]; step++) {
    let first = (firstTile + step) * tileDistributions;
    if (first >= distributions) { break; }
    workgroupBarrier();
    let tileFirst = ${word('logits')} + first * bins;
    let lastWord = min(tileDistributions, distributions - first) * bins - 1u;
    for (var k = 0u; k < wordsPerThread; k++) {
      let at = local + k * threads;
      tile[(at / bins) * stride + at % bins] = logits[tileFirst + min(at, lastWord)];
    }
    workgroupBarrier();

    // The largest logit. What is not finite, or subnormal, becomes 0 in the tile: no later arithmetic meets it.
    var largest = -3.4028234e38;
    var broken = 0u;
    for (var bin = lane; bin < bins; bin += lanes) {
      var bits = tile[ownAt + bin];
      let exponent = bits & 0x7f800000u;
      if (exponent - 0x00800000u >= 0x7f000000u) {
        broken += select(0u, 1u, exponent != 0u);
        bits = 0u;
        tile[ownAt + bin] = 0u;
      }
      largest = max(largest, bitcast<f32>(bits));
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

    // s = sum exp(d) over the others and u = sum d exp(d), d = z - largest: halved, so that the difference cannot overflow, and with what
    // its rounding lost (Knuth's two-sum), since exp turns that into a relative error.
    var s = 0.0;
    var u = 0.0;
    var equals = 0.0;
    for (var bin = lane; bin < bins; bin += lanes) {
      let z = bitcast<f32>(tile[ownAt + bin]);
      let halfZ = 0.5 * z;
      let half = halfZ - 0.5 * largest;
      let taken = half - halfZ;
      let lost = (halfZ - (half - taken)) - (0.5 * largest + taken);
      let d = 2.0 * max(half, -43.0);
      let isLargest = z == largest;
      let e = select(expOf(d, 2.0 * lost), 0.0, isLargest || half <= -43.0);
      equals += select(0.0, 1.0, isLargest);
      s += e;
      u += d * e;
    }
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

    let distribution = first + own;
    if (lane == 0u && distribution < distributions) {
      s += equals - 1.0;
      let logSum = log1pOf(s);
      nonFinite += broken;
      if (broken == 0u) {
        finite += 1u;
        entropySum += logSum - u / (1.0 + s);
      }

      let row = distribution / sides;
      let bits = rows[${word('targets')} + distribution];
      let order = orderOf(bits);
      if (isFinite(bits)) {
        least = min(least, order);
        greatest = max(greatest, order);
      }
      let groupsAt = ${word('groups')};
      var group = 0u;
      if (groupsAt != ${none}u) { group = (rows[groupsAt + row / 4u] >> (8u * (row % 4u))) & 0xffu; }
      // The cells to count in: one of the bins or one of those after them, then maybe one or both of the clips.
      let firstCell = (group * sides + distribution % sides) * (bins + ${countCells}u);
      let beyond = select(${countCell.aboveRange}u, ${countCell.belowRange}u, order < ${signed('lowest')});
      var cell = firstCell + bins + select(${countCell.nonFinite}u, beyond, isFinite(bits));
      var clips = 0u;

      if (order >= ${signed('lowest')} && order <= ${signed('highest')}) {
        let t = bitcast<f32>(bits);
        // A negative number that the device may take for zero lies below it.
        let isTiny = order < 0 && order > -0x00800000;
        let floored = select(i32(floor(t)), -1, isTiny);
        cell = firstCell + u32(floored - lo);
        if (order == ${signed('lowest')}) { clips |= 1u; }
        if (order >= ${signed('clipFrom')} && order <= ${signed('clipTo')}) { clips |= 2u; }

        let weightsAt = ${word('weights')};
        var weightBits = 0x3f800000u;
        if (weightsAt != ${none}u) { weightBits = rows[weightsAt + row]; }
        if (broken == 0u && isFinite(weightBits)) {
          sound += 1u;
          let left = select(floored, select(i32(trunc(t)), 0, isTiny), ${word('truncates')} != 0u);
          let toRight = t - f32(left);
          let toLeft = select(f32(left + 1) - t, 1.0, toRight == 0.0);
          let at = ownAt + u32(left - lo);
          let halfLeft = 0.5 * largest - 0.5 * bitcast<f32>(tile[at]);
          let halfRight = 0.5 * largest - 0.5 * bitcast<f32>(tile[at + 1u]);
          let halfLoss = 0.5 * logSum + toLeft * halfLeft + toRight * halfRight;
          // What float32 does not hold to the last digits that count is left to float64: sums and products that may overflow or underflow,
          // losses that cancel because a truncated negative target weighs a bin negatively, weights of bins that float64 itself rounds.
          let isExtreme = halfLoss >= 1e15 || halfLoss < 1e-30 || (weightBits & 0x7fffffffu) >= bitcast<u32>(f32(1e15));
          if (isExtreme || (toRight < 1e-8 && toRight != 0.0)) {
            leftOut += 1u;
            atomicOr(&results[${word('leftOut')} + distribution / 32u], 1u << (distribution % 32u));
          } else {
            lossSum += 2.0 * bitcast<f32>(weightBits) * halfLoss;
          }
        }
      }
      for (var k = 0u; k < 3u; k++) {
        if (k > 0u) {
          if ((clips & k) == 0u) { continue; }
          cell = firstCell + bins + select(${countCell.atUpperClip}u, ${countCell.atLowerClip}u, k == 1u);
        }
        if (cells <= ${localCells}u) {
          atomicAdd(&histogram[cell], 1u);
        } else {
          atomicAdd(&results[${word('counts')} + cell], 1u);
        }
      }
    }
  }

  // Eight sums of 128 invocations in two steps, always in the same order: the same input gives the same digits.
  workgroupBarrier();
  gather(local, ${partialWord.loss}u, bitcast<u32>(gatherLoss(lossSum)), 0u);
  gather(local, ${partialWord.entropy}u, bitcast<u32>(gatherLoss(entropySum)), 0u);
  gather(local, ${partialWord.soundSides}u, gatherCount(sound), 0u);
  gather(local, ${partialWord.finiteDistributions}u, gatherCount(finite), 0u);
  gather(local, ${partialWord.nonFiniteLogits}u, gatherCount(nonFinite), 0u);
  gather(local, ${partialWord.leftOut}u, gatherCount(leftOut), 0u);
  gather(local, ${partialWord.minOrder}u, bitcast<u32>(gatherLeast(least)), ${infiniteOrder}u);
  gather(local, ${partialWord.maxOrder}u, bitcast<u32>(gatherGreatest(greatest)), bitcast<u32>(i32(-${infiniteOrder})));
  workgroupBarrier();
  var gathered = 0u;
  if (local < 64u) {
    gathered = tile[local * 16u];
    for (var k = 1u; k < 16u; k++) { gathered = merge(local / 8u, gathered, tile[local * 16u + k]); }
  }
  workgroupBarrier();
  if (local < 64u) { tile[local] = gathered; }
  workgroupBarrier();
  if (local < 8u) {
    gathered = tile[local * 8u];
    for (var k = 1u; k < 8u; k++) { gathered = merge(local, gathered, tile[local * 8u + k]); }
    atomicStore(&results[item * ${partialWords}u + local], gathered);
  }

  if (cells <= ${localCells}u) {
    for (var cell = local; cell < cells; cell += threads) {
      let counted = atomicLoad(&histogram[cell]);
      if (counted > 0u) { atomicAdd(&results[${word('counts')} + cell], counted); }
    }
  }
}
`;
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

function allShapes(): KernelShape[] {
  return Array.from({ length: limits.maxBins - 1 }, (_, i) => shapeOf(limits.minBins + i, 4));
}

/** How invocations gather what they have summed. Without subgroups every invocation is one of its own. */
function gatherOf(subgroups: boolean): string {
  const within = (name: string, type: string, operation: string) =>
    `fn ${name}(value: ${type}) -> ${type} { return ${subgroups ? `${operation}(value)` : 'value'}; }`;
  return /* wgsl */ `
${within('gatherLoss', 'f32', 'subgroupAdd')}
${within('gatherCount', 'u32', 'subgroupAdd')}
${within('gatherLeast', 'i32', 'subgroupMin')}
${within('gatherGreatest', 'i32', 'subgroupMax')}

// The first invocation of a subgroup speaks for all of it.
fn gather(local: u32, sum: u32, value: u32, neutral: u32) {
  tile[sum * threads + local] = ${subgroups ? 'select(neutral, value, local == subgroupMin(local))' : 'value'};
}

fn merge(sum: u32, a: u32, b: u32) -> u32 {
  if (sum <= ${partialWord.entropy}u) { return bitcast<u32>(bitcast<f32>(a) + bitcast<f32>(b)); }
  if (sum == ${partialWord.minOrder}u) { return bitcast<u32>(min(bitcast<i32>(a), bitcast<i32>(b))); }
  if (sum == ${partialWord.maxOrder}u) { return bitcast<u32>(max(bitcast<i32>(a), bitcast<i32>(b))); }
  return a + b;
}
`;
}
