// Bounds for comparisons in float32 that come out as they would in float64.

/** The smallest float32 that is not below `value`: comparing float32 with it is comparing with `value`. */
export function atLeast(value: number): number {
  const rounded = Math.fround(value);
  return rounded < value ? neighbour(rounded, rounded < 0 ? -1 : 1) : rounded;
}

/** The largest float32 that is not above `value`. */
export function atMost(value: number): number {
  return -atLeast(-value);
}

const word = new Float32Array(1);
const bitsOfWord = new Int32Array(word.buffer);

/** The float32 whose bits, read as an integer, differ by `step`. */
function neighbour(value: number, step: number): number {
  word[0] = value;
  bitsOfWord[0] = (bitsOfWord[0] as number) + step;
  return word[0] as number;
}
