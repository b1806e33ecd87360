// Cuts the inputs of a call into parts, and gathers parts into requests of about equal size: enough for every thread, few enough that a
// message costs little beside its computation.
import { bytesOf, type DflInput } from '../contract.ts';
import type { Part } from './requests.ts';

/** A part has at most this many bytes of tensors, or four rows. Two fit in a slot with room for alignment. */
export const partBytes = 2 ** 19;

/** The rows of an input in parts, in order. The tensors of a part are views of the input's. */
export function splitInput(input: DflInput): Part[] {
  const rowBytes = bytesOf(input) / input.positives;
  const rows = Math.max(4, Math.floor(partBytes / rowBytes / 4) * 4);
  const parts: Part[] = [];
  for (let firstRow = 0; firstRow < input.positives; firstRow += rows) {
    parts.push({ input: takeRows(input, firstRow, Math.min(rows, input.positives - firstRow)), firstRow });
  }
  return parts;
}

function takeRows(input: DflInput, first: number, rows: number): DflInput {
  const { sides, bins, predDist, target, weight, group } = input;
  if (rows === input.positives) return input;
  const [from, to] = [first, first + rows];
  return {
    ...input,
    positives: rows,
    predDist: predDist.subarray(from * sides * bins, to * sides * bins),
    target: target.subarray(from * sides, to * sides),
    weight: weight?.subarray(from, to) ?? null,
    group: group?.subarray(from, to) ?? null,
  };
}

/** Parts in requests that hold at most partBytes together, or one part; their order stays. */
export function gatherParts(parts: readonly Part[]): Part[][] {
  const requests: Part[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const part of parts) {
    const size = bytesOf(part.input);
    if (bytes + size > partBytes) {
      requests.push([]);
      bytes = 0;
    }
    requests.at(-1)?.push(part);
    bytes += size;
  }
  return requests;
}
