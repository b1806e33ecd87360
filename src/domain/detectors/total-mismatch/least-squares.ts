// Weights that make parts add up to totals, by the normal equations.

export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}

/** Lines are [total, ...parts]; null when the parts do not determine the weights. */
export function solve(lines: readonly number[][]): number[] | null {
  const size = (lines[0]?.length ?? 1) - 1;
  const column = (index: number) => lines.map((line) => line[index] ?? 0);
  const rows = Array.from({ length: size }, (_, i) => [
    ...Array.from({ length: size }, (__, j) => dot(column(i + 1), column(j + 1))),
    dot(column(i + 1), column(0)),
  ]);
  return eliminate(rows, size);
}

/** Gauss-Jordan with pivots; `rows` is [matrix | right side]. */
function eliminate(rows: number[][], size: number): number[] | null {
  let matrix = rows;
  for (let pivot = 0; pivot < size; pivot += 1) {
    const order = matrix.map((row, index) => ({ index, weight: index < pivot ? -1 : Math.abs(row[pivot] ?? 0) }));
    const chosen = order.reduce((a, b) => (b.weight > a.weight ? b : a));
    const largest = Math.max(...rows.flat().map(Math.abs));
    if (!(chosen.weight > 1e-9 * largest)) return null;
    matrix = swap(matrix, pivot, chosen.index);
    const base = matrix[pivot] ?? [];
    const scaled = base.map((value) => value / (base[pivot] ?? 1));
    matrix = matrix.map((row, index) =>
      index === pivot ? scaled : row.map((value, j) => value - (row[pivot] ?? 0) * (scaled[j] ?? 0)),
    );
  }
  return matrix.map((row) => row[size] ?? 0);
}

function swap(matrix: number[][], a: number, b: number): number[][] {
  return matrix.map((row, index) => (index === a ? (matrix[b] ?? row) : index === b ? (matrix[a] ?? row) : row));
}
