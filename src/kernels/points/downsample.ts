// Fewer points that show the same: of each stretch the first, the last, the lowest and the highest, and the points that are not finite. The
// points kept of a stretch are kept again when its stretches are joined, so what was kept of small stretches (sketches, which are stored) is
// enough to know what to keep of large ones.

/** Non-finite points of a series that are all shown, whatever the bound; of more, the first of each kind in each stretch. */
export const maxLost = 10_000;

/** Points a stretch may keep: first, last, lowest, highest and one more. The stretches share the bound of an answer so. */
const shareOfStretch = 5;

export interface Kept {
  steps: number[];
  values: number[];
}

/** What is kept of the points that were pushed, in the order of their steps, since the last `drain`. */
function createKeeper() {
  let count = 0;
  let [firstStep, firstValue, lastStep, lastValue] = [0, 0, 0, 0];
  let [lowStep, lowValue, highStep, highValue] = [-1, Number.POSITIVE_INFINITY, -1, Number.NEGATIVE_INFINITY];
  let [nan, rising, falling] = [-1, -1, -1];
  return {
    push(step: number, value: number): void {
      if (count++ === 0) [firstStep, firstValue] = [step, value];
      lastStep = step;
      lastValue = value;
      if (Number.isFinite(value)) {
        if (value < lowValue) {
          lowStep = step;
          lowValue = value;
        }
        if (value > highValue) {
          highStep = step;
          highValue = value;
        }
      } else if (Number.isNaN(value)) {
        if (nan < 0) nan = step;
      } else if (value > 0) {
        if (rising < 0) rising = step;
      } else if (falling < 0) falling = step;
    },
    drain(into: Kept): void {
      if (count === 0) return;
      const found: [step: number, value: number][] = [
        [firstStep, firstValue],
        [lowStep, lowValue],
        [highStep, highValue],
        [nan, Number.NaN],
        [rising, Number.POSITIVE_INFINITY],
        [falling, Number.NEGATIVE_INFINITY],
        [lastStep, lastValue],
      ];
      let before = -1;
      for (const [step, value] of found.filter(([step]) => step >= 0).sort(([a], [b]) => a - b)) {
        if (step === before) continue;
        into.steps.push(step);
        into.values.push(value);
        before = step;
      }
      count = 0;
      lowStep = highStep = nan = rising = falling = -1;
      lowValue = Number.POSITIVE_INFINITY;
      highValue = Number.NEGATIVE_INFINITY;
    },
  };
}

/** What is kept of each block of a series: the block `i` stands for `counts[i]` points, of which the next `kept[i]` of steps and values are kept. */
export interface Sketch {
  counts: ArrayLike<number>;
  kept: ArrayLike<number>;
  steps: ArrayLike<number>;
  values: ArrayLike<number>;
}

/** A sketch of points in blocks of `size`. */
export function sketch(steps: ArrayLike<number>, values: ArrayLike<number>, size: number): Sketch {
  const keeper = createKeeper();
  const all: Kept = { steps: [], values: [] };
  const counts: number[] = [];
  const kept: number[] = [];
  for (let start = 0; start < steps.length; start += size) {
    const end = Math.min(start + size, steps.length);
    const before = all.steps.length;
    for (let i = start; i < end; i++) keeper.push(steps[i] as number, values[i] as number);
    keeper.drain(all);
    counts.push(end - start);
    kept.push(all.steps.length - before);
  }
  return { counts, kept, ...all };
}

export interface DownsampleOptions {
  /** Points of the series. */
  total: number;
  /** How many the answer may have; more only for points that are not finite. */
  maxPoints: number;
  /** Every point that is not finite is kept: `lost` must be told those that sketches stand for. */
  keepsAllLost: boolean;
}

/** Points of a stretch of the answer; a sketch serves if its blocks are not larger. */
export function stretchSize({ total, maxPoints }: Pick<DownsampleOptions, 'total' | 'maxPoints'>): number {
  return Math.floor(total / stretchesOf(maxPoints));
}

function stretchesOf(maxPoints: number): number {
  return Math.max(1, Math.floor(maxPoints / shareOfStretch));
}

/** Takes a series in the order of its steps, as points or as sketches, and answers what is kept of it. */
export function createDownsampler({ total, maxPoints, keepsAllLost }: DownsampleOptions) {
  const stretches = stretchesOf(maxPoints);
  const keeper = createKeeper();
  const kept: Kept = { steps: [], values: [] };
  const lost: Kept = { steps: [], values: [] };
  let position = 0;
  let end = 0;

  /** Starts the stretch of the next point if it is another. */
  function move(): void {
    if (position < end) return;
    keeper.drain(kept);
    const stretch = Math.floor((position * stretches) / total);
    end = Math.ceil(((stretch + 1) * total) / stretches);
  }

  function lose(steps: ArrayLike<number>, values: ArrayLike<number>): void {
    for (let i = 0; i < steps.length; i++) {
      lost.steps.push(steps[i] as number);
      lost.values.push(values[i] as number);
    }
  }

  return {
    points(steps: ArrayLike<number>, values: ArrayLike<number>): void {
      for (let i = 0; i < steps.length; i++) {
        const value = values[i] as number;
        move();
        keeper.push(steps[i] as number, value);
        position += 1;
        if (keepsAllLost && !Number.isFinite(value)) lose([steps[i] as number], [value]);
      }
    },
    sketch({ counts, kept: keptOf, steps, values }: Sketch): void {
      for (let block = 0, i = 0; block < counts.length; block++) {
        move();
        for (const last = i + (keptOf[block] as number); i < last; i++)
          keeper.push(steps[i] as number, values[i] as number);
        position += counts[block] as number;
      }
    },
    lost: lose,
    finish(): Kept {
      keeper.drain(kept);
      return keepsAllLost && lost.steps.length > 0 ? join(kept, lost) : kept;
    },
  };
}

/** Both in the order of their steps; what is in both comes once. */
function join(a: Kept, b: Kept): Kept {
  const joined: Kept = { steps: [], values: [] };
  for (let i = 0, j = 0; i < a.steps.length || j < b.steps.length; ) {
    const left = a.steps[i] ?? Number.POSITIVE_INFINITY;
    const right = b.steps[j] ?? Number.POSITIVE_INFINITY;
    joined.steps.push(Math.min(left, right));
    joined.values.push((left <= right ? a.values[i] : b.values[j]) as number);
    if (left <= right) i += 1;
    if (right <= left) j += 1;
  }
  return joined;
}
