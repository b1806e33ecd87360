// How a workgroup adds up, at its end, what its invocations have: counts and extremes in any order, within subgroups first where there are
// some; losses and entropies in a fixed order, so that the same input gives the same digits.
import { infiniteOrder } from './float-order.ts';
import { partialWord, partialWords } from './table-words.ts';

/** Declares what it needs; `startGathering` and `storePartials` are statements of the main function. */
export function gathering(subgroups: boolean): string {
  const within = (operation: string, value: string) => (subgroups ? `${operation}(${value})` : value);
  return /* wgsl */ `
var<workgroup> counted: array<atomic<u32>, 4>;
var<workgroup> extremes: array<atomic<i32>, 2>;

fn gather(local: u32, counts: vec4<u32>, least: i32, greatest: i32) {
  let sums = ${within('subgroupAdd', 'counts')};
  let leastOfAll = ${within('subgroupMin', 'least')};
  let greatestOfAll = ${within('subgroupMax', 'greatest')};
  if (${subgroups ? 'local == subgroupMin(local)' : 'true'}) {
    for (var k = 0u; k < 4u; k++) { atomicAdd(&counted[k], sums[k]); }
    atomicMin(&extremes[0], leastOfAll);
    atomicMax(&extremes[1], greatestOfAll);
  }
}

// Replaces every run of words of the tile by its sum: the first sums words are then these.
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

/** A barrier must follow before anything is gathered. */
export const startGathering = /* wgsl */ `
  if (local < 4u) { atomicStore(&counted[local], 0u); }
  if (local < 2u) { atomicStore(&extremes[local], select(-${infiniteOrder}, ${infiniteOrder}, local == 0u)); }`;

export const storePartials = /* wgsl */ `
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
  if (local < 4u) { atomicStore(&results[partial + ${partialWord.soundSides}u + local], atomicLoad(&counted[local])); }`;
