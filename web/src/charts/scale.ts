// From values to pixels: linear and logarithmic scales with round ticks.

export interface Scale {
  kind: 'linear' | 'log';
  /** Pixel of a value; values outside of the domain are held at its ends. */
  place: (value: number) => number;
  ticks: readonly number[];
}

/** Values that span this factor or more, all above zero, are read better on a logarithmic scale. */
const logFrom = 200;

/** A scale over the finite ones of `values` from pixel `start` to pixel `end`; a tenth of air at both ends. */
export function chooseScale(values: readonly number[], start: number, end: number, tickCount = 4): Scale {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) [low, high] = [0, 1];
  if (low > 0 && high / low >= logFrom) return logScale(low / 1.3, high * 1.3, start, end, tickCount);
  const air = (high - low || Math.abs(high) || 1) * 0.1;
  return linearScale(low - (low >= 0 && low < air ? low : air), high + air, start, end, tickCount);
}

export function linearScale(low: number, high: number, start: number, end: number, tickCount = 4): Scale {
  const span = high - low || 1;
  return {
    kind: 'linear',
    place: (value) => start + Math.min(1, Math.max(0, (value - low) / span)) * (end - start),
    ticks: roundTicks(low, high, tickCount),
  };
}

function logScale(low: number, high: number, start: number, end: number, tickCount: number): Scale {
  const [from, to] = [Math.log10(low), Math.log10(high)];
  const first = Math.ceil(from);
  const every = Math.max(1, Math.ceil((Math.floor(to) - first + 1) / tickCount));
  const ticks: number[] = [];
  for (let power = first; power <= to; power += every) ticks.push(10 ** power);
  return {
    kind: 'log',
    place: (value) =>
      start + Math.min(1, Math.max(0, (Math.log10(Math.max(value, low)) - from) / (to - from))) * (end - start),
    ticks,
  };
}

/** Multiples of 1, 2 or 5 times a power of ten within [low, high], about `count` of them. */
export function roundTicks(low: number, high: number, count: number): number[] {
  const raw = (high - low) / Math.max(1, count);
  if (!(raw > 0) || !Number.isFinite(raw)) return [low];
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= raw * 0.999) ?? 10);
  const ticks: number[] = [];
  for (let index = Math.ceil(low / step); index * step <= high + step * 1e-9; index += 1) {
    ticks.push(Number((index * step).toPrecision(12)));
  }
  return ticks;
}

/** As `roundTicks`, whole numbers only: steps and bins have no halves. */
export function wholeTicks(low: number, high: number, count: number): number[] {
  return [...new Set(roundTicks(low, high, count).filter(Number.isInteger))];
}
