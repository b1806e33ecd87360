// Anchor points of PP-YOLOE's three levels for one square input.

export const inputSize = 320;
/** Coarse to fine, as PaddleDetection orders the levels. */
const levelStrides = [32, 16, 8] as const;

export interface Anchor {
  stride: number;
  /** Centre in grid units of its level: (column + 0.5, row + 0.5). */
  x: number;
  y: number;
}

/** Every anchor of an image, level after level, row by row: A = 100 + 400 + 1600. */
export const anchors: readonly Anchor[] = levelStrides.flatMap((stride) => {
  const cells = inputSize / stride;
  return Array.from({ length: cells * cells }, (_, i) => ({
    stride,
    x: (i % cells) + 0.5,
    y: Math.floor(i / cells) + 0.5,
  }));
});

/** Indices of the first anchor of each level and of the end: level i is [levelStarts[i], levelStarts[i + 1]). */
export const levelStarts: readonly number[] = [...levelStrides.keys(), levelStrides.length].map((level) =>
  levelStrides.slice(0, level).reduce((sum, stride) => sum + (inputSize / stride) ** 2, 0),
);
