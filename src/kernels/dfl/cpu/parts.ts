// Inputs cut into parts: few rows each, so that threads share the work evenly. Parts of float32 inputs, whose tensors lie in the arena,
// travel to the threads as a table of numbers: a thousand small captures then cost one small message.
// biome-ignore-all lint/style/noNonNullAssertion: the columns of a table are those it was made with
import { bytesOf, type DflInput, type Float32DflInput } from '../contract.ts';

/** Rows of a capture. */
export interface Part<Input extends DflInput = DflInput> {
  input: Input;
  /** Rows of the capture before this part. */
  firstRow: number;
}

/** A part has at most this many bytes of tensors, or four rows. */
export const partBytes = 2 ** 18;

/** The rows of an input in parts of at most `bytes`, in order. The tensors of a part are views of the input's. */
export function splitInput<Input extends DflInput>(input: Input, bytes = partBytes): Part<Input>[] {
  const rowBytes = bytesOf(input) / input.positives;
  const rows = Math.max(4, Math.floor(bytes / rowBytes / 4) * 4);
  const parts: Part<Input>[] = [];
  for (let firstRow = 0; firstRow < input.positives; firstRow += rows) {
    parts.push({ input: takeRows(input, firstRow, Math.min(rows, input.positives - firstRow)), firstRow });
  }
  return parts;
}

function takeRows<Input extends DflInput>(input: Input, first: number, rows: number): Input {
  const { sides, bins, predDist, target, weight, group } = input;
  if (rows === input.positives) return input;
  const last = first + rows;
  return {
    ...input,
    positives: rows,
    predDist: predDist.subarray(first * sides * bins, last * sides * bins),
    target: target.subarray(first * sides, last * sides),
    weight: weight?.subarray(first, last) ?? null,
    group: group?.subarray(first, last) ?? null,
  };
}

const columns = 13;
const absent = -1;

/** A row of numbers for each part: addresses in the arena, and what DflInput says. */
export function writePartTable(parts: readonly Part<Float32DflInput>[]): Float64Array {
  const table = new Float64Array(parts.length * columns);
  parts.forEach(({ input, firstRow }, i) => {
    const { positives, sides, bins, lo, rounding, upperClip, groups, predDist, target, weight, group } = input;
    const addresses = [predDist, target, weight, group].map((array) => array?.byteOffset ?? absent);
    const rule = [sides, bins, lo, Number(rounding === 'truncate'), upperClip.from, upperClip.to, groups];
    table.set([...addresses, positives, firstRow, ...rule], i * columns);
  });
  return table;
}

export function partsOf(table: Float64Array): number {
  return table.length / columns;
}

/** Row i of a table. The divisor is not in it: what it divides is added up by the main thread. */
export function readPart(table: Float64Array, i: number, memory: SharedArrayBuffer): Part<Float32DflInput> {
  const row = table.subarray(i * columns, (i + 1) * columns);
  const [x, t, w, g] = [row[0]!, row[1]!, row[2]!, row[3]!];
  const [positives, firstRow, sides, bins] = [row[4]!, row[5]!, row[6]!, row[7]!];
  return {
    input: {
      positives,
      sides: sides as 4 | 1,
      bins,
      lo: row[8]!,
      rounding: row[9] === 1 ? 'truncate' : 'floor',
      upperClip: { from: row[10]!, to: row[11]! },
      groups: row[12]!,
      divisor: 1,
      predDist: new Float32Array(memory, x, positives * sides * bins),
      target: new Float32Array(memory, t, positives * sides),
      weight: w === absent ? null : new Float32Array(memory, w, positives),
      group: g === absent ? null : new Uint8Array(memory, g, positives),
    },
    firstRow,
  };
}
