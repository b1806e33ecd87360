// A series in blocks of equal length. They double when there are too many, so that memory stays the same however long the run.

export interface Block {
  mean: number;
  /** Sum of squared distances from the mean. */
  squares: number;
  count: number;
}

export function emptyBlock(): Block {
  return { mean: 0, squares: 0, count: 0 };
}

/** Welford's update. */
export function addToBlock(block: Block, value: number): void {
  const distance = value - block.mean;
  block.count += 1;
  block.mean += distance / block.count;
  block.squares += distance * (value - block.mean);
}

/** Both values' block (Chan, Golub and LeVeque 1979); whatever else a block holds is the later one's. */
export function joinBlocks<B extends Block>(a: B, b: B): B {
  const count = a.count + b.count;
  const distance = b.mean - a.mean;
  const squares = a.squares + b.squares + (distance * distance * a.count * b.count) / count;
  return { ...b, mean: a.mean + (distance * b.count) / count, squares, count };
}

/** Two by two; a last one without a second is left out. */
export function joinPairs<B extends Block>(blocks: readonly B[]): B[] {
  return blocks.flatMap((block, index) => {
    const next = blocks[index + 1];
    return index % 2 === 0 && next ? [joinBlocks(block, next)] : [];
  });
}

/** Standard error of a block's mean. */
export function errorOf({ squares, count }: Block): number {
  return count > 1 ? Math.sqrt(squares / (count - 1) / count) : 0;
}
