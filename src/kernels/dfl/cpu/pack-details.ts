// The details of parts as one array of numbers: a corrupted capture has hundreds of offenders, and sending an object costs as much as
// computing a dozen distributions.
// biome-ignore-all lint/style/noNonNullAssertion: what is read was written by packDetails
import type { SideIndex } from '../../../contracts/dfl.ts';
import type { PartDetails } from '../kernel-sums.ts';

const nothing: PartDetails = { offenders: [], outsideFloors: [], firstNonFiniteLogits: [] };

/** For each part the lengths of its three lists, then their entries, field by field. */
export function packDetails(all: readonly PartDetails[]): Float64Array {
  const packed: number[] = [];
  for (const { offenders, outsideFloors, firstNonFiniteLogits } of all) {
    packed.push(offenders.length, outsideFloors.length, firstNonFiniteLogits.length);
    for (const { row, side, target } of offenders) packed.push(row, side, target);
    for (const [floor, count] of outsideFloors) packed.push(floor, count);
    for (const { row, side, bin, value } of firstNonFiniteLogits) packed.push(row, side, bin, value);
  }
  return Float64Array.from(packed);
}

/** The details that packDetails was given, `parts` of them. */
export function unpackDetails(packed: Float64Array, parts: number): PartDetails[] {
  let at = 0;
  const next = () => packed[at++]!;
  const list = <T>(length: number, read: () => T): T[] => {
    const entries: T[] = [];
    for (let i = 0; i < length; i++) entries.push(read());
    return entries;
  };
  return list(parts, () => {
    const [offenders, floors, logits] = [next(), next(), next()];
    if (offenders + floors + logits === 0) return nothing;
    return {
      offenders: list(offenders, () => ({ row: next(), side: next() as SideIndex, target: next() })),
      outsideFloors: list(floors, (): [number, number] => [next(), next()]),
      firstNonFiniteLogits: list(logits, () => ({
        row: next(),
        side: next() as SideIndex,
        bin: next(),
        value: next(),
      })),
    };
  });
}
