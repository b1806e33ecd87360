// The DFL kernel of the cpu backend in AssemblyScript, compiled to WebAssembly SIMD by scripts/build-kernel.mjs (not by tsc). The rules
// are those of ../../reference.ts; the layout of memory and results is that of ../float32-pass.ts.
//
// Four distributions, a quad, are computed side by side, one in each lane of a vector: the four sides of a box, or four angles. Quads go
// through the kernel in blocks: transpose.ts lays their logits bin by bin, boxes.ts computes the ordinary boxes, quads.ts the others one by
// one, for any logits, targets and weights.
import { area, countsOf, lossOf, othersOf, weightSumOf } from './area';
import { computeBoxes, mayHaveOrdinaryBoxes } from './boxes';
import { add, blockQuads, K, sides, storeExtremes, weighted } from './capture';
import { finishQuad } from './quads';
import { sumQuads } from './sums';
import { transpose } from './transpose';

export { takeArea } from './area';
export { begin } from './capture';

/** Where the counts of a computed capture lie: uint32 [groups, sides, K + 5]. */
export function countsAddress(): usize {
  return area + countsOf;
}

/** Where the results of a computed capture lie: nine float64 in the order of KernelSums. */
export function resultsAddress(): usize {
  return area + lossOf;
}

/**
 * Computes the begun capture of `rows` rows: logits x [rows,sides,K] float32, targets t [rows,sides] float32, weights w [rows] float32,
 * groups g [rows] uint8. With one side per row, the areas must be readable to the next multiple of 4 rows.
 */
export function compute(x: usize, t: usize, w: usize, g: usize, rows: u32): void {
  const distributions: usize = <usize>rows * sides;
  const quads = (distributions + 3) >> 2;
  const quadBytes = K << 4;
  const rowsPerQuad: usize = sides == 4 ? 1 : 4;
  let tryBoxes = mayHaveOrdinaryBoxes();
  for (let quad: usize = 0; quad < quads; quad += blockQuads) {
    const block = min(blockQuads, quads - quad);
    transpose(x, block);
    const others = tryBoxes ? computeBoxes(x, t, w, g, block) : listAll(block);
    if (others > 0) sumQuads(area + othersOf, others, x, distributions - (quad << 2));
    for (let i: usize = 0; i < others; i++) {
      const number = <usize>load<u32>(area + othersOf + (i << 2));
      const row = number * rowsPerQuad;
      const present = min(<usize>4, distributions - ((quad + number) << 2));
      finishQuad(x + number * quadBytes, t + (number << 4), w + (row << 2), g + row, number, present);
    }
    // Where few boxes are ordinary, trying costs more than it saves.
    tryBoxes = tryBoxes && others <= block >> 2;
    x += block * quadBytes;
    t += block << 4;
    w += (block * rowsPerQuad) << 2;
    g += block * rowsPerQuad;
  }
  if (!weighted) add(weightSumOf, <f64>rows);
  storeExtremes();
}

/** Lists the first `quads` quads of the block as not ordinary. */
function listAll(quads: usize): usize {
  for (let quad: usize = 0; quad < quads; quad++) store<u32>(area + othersOf + (quad << 2), <u32>quad);
  return quads;
}
