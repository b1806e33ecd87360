// What lies at which 32-bit word of the tables that the kernel reads and of the results it leaves.

/** The buffer `rows` is this head, the slices, the items, then targets, weights and groups of each slice. */
export const tableHead = { items: 0, tilesPerItem: 1, itemsAt: 2, words: 4 } as const;

export const sliceWord = {
  distributions: 0,
  /** In the logits. */
  logits: 1,
  /** In the rows; `none` for weights and groups that are not there. */
  targets: 2,
  weights: 3,
  groups: 4,
  /** In the results. */
  counts: 5,
  leftOut: 6,
  lo: 7,
  /** Targets as their order (float-order.ts): in range from `lowest` to `highest`, at the upper clip from `clipFrom` to `clipTo`. */
  lowest: 8,
  highest: 9,
  clipFrom: 10,
  clipTo: 11,
  truncates: 12,
  /** Number of count cells. */
  cells: 13,
  /** The shape (shape.ts), for the kernel that is made for no shape in particular. */
  bins: 14,
  sides: 15,
  lanes: 16,
  stride: 17,
  wordsPerThread: 18,
} as const;
export const sliceWords = 19;
export const none = 0xffffffff;

/** What one workgroup computes: where its slice is described, and the first of its tiles. */
export const itemWords = 2;

/** The results are the partial sums (loss and entropy, the four counts, the two extremes, side by side) of each item, then the counts and the mask of left-out distributions of each slice. */
export const partialWord = {
  loss: 0,
  entropy: 1,
  soundSides: 2,
  finiteDistributions: 3,
  nonFiniteLogits: 4,
  /** Sound sides whose loss is not in the sum: float64 has to compute it. */
  leftOut: 5,
  minOrder: 6,
  maxOrder: 7,
} as const;
export const partialWords = 8;
