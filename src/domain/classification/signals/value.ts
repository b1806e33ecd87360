// Signals about the integer N that the message names. The table is research on PaddleDetection, PaddleSeg, PaddleClas and PaddleOCR
// threads: see the sources in catalog/failures/target-out-of-bound/failure.yaml.
import { inspectTargetValue, parseInt64 } from '../../dfl/value-forensics.ts';
import { isClassLoss, isDistributionLoss } from './frames.ts';
import { present, type SignalInput, type SignalRule } from './signal.ts';

/** PP-YOLOE's default reg_range is [0, 17) (ppdet/modeling/heads/ppyoloe_head.py). */
const defaultBins = 17;

function small(input: SignalInput): number | null {
  const n = parseInt64(input.matched.n);
  if (n === null) return null;
  const { kind } = inspectTargetValue(n);
  return kind === 'small' || kind === 'negative-small' ? Number(n) : null;
}

function bins({ facts: { regRange } }: SignalInput): number {
  return regRange ? regRange[1] - regRange[0] : defaultBins;
}

/** Number of classes, where the message or the configuration tells it. */
function classCount({ matched, facts }: SignalInput): number | null {
  const bound = matched.bound === undefined ? null : Number(matched.bound);
  return bound ?? facts.numClasses;
}

function contradicts(input: SignalInput): boolean {
  const n = parseInt64(input.matched.n);
  if (n === null) return false;
  return (input.matched.side === 'lower' && n >= 0n) || (input.matched.side === 'upper' && n < 0n);
}

function packed(input: SignalInput, kind: 'packed-float32' | 'packed-int32') {
  const n = parseInt64(input.matched.n);
  const value = n === null ? null : inspectTargetValue(n);
  return value?.kind === kind && value.halves
    ? { n: String(n), first: round(value.halves[0]), second: round(value.halves[1]) }
    : null;
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}

export const valueSignals: SignalRule[] = [
  {
    id: 'value.int64-min',
    data: ['n'],
    read: ({ matched }) => {
      const n = parseInt64(matched.n);
      return present(n !== null && inspectTargetValue(n).kind === 'int64-min', { n: matched.n ?? null });
    },
  },
  { id: 'value.packed-float32', data: ['n', 'first', 'second'], read: (input) => packed(input, 'packed-float32') },
  { id: 'value.packed-int32', data: ['n', 'first', 'second'], read: (input) => packed(input, 'packed-int32') },
  {
    id: 'value.contradicts-bound',
    data: ['n', 'side'],
    read: (input) => present(contradicts(input), { n: input.matched.n ?? null, side: input.matched.side ?? null }),
  },
  {
    id: 'value.erratic-small',
    data: ['n', 'bins'],
    read: (input) => {
      const n = small(input);
      const overClasses = isClassLoss(input) || classCount(input) !== null;
      if (n === null || contradicts(input) || (overClasses && !isDistributionLoss(input))) return null;
      return present(n < -2 || n > bins(input) + 1, { n, bins: bins(input) });
    },
  },
  {
    id: 'value.at-upper-edge',
    data: ['n', 'bins'],
    read: (input) => {
      const n = small(input);
      const known = input.facts.regRange !== null || isDistributionLoss(input);
      return present(known && !isClassLoss(input) && n === bins(input), { n, bins: bins(input) });
    },
  },
  {
    id: 'value.within-negative-range',
    data: ['n', 'lo'],
    read: (input) => {
      const n = small(input);
      const lo = input.facts.regRange?.[0] ?? 0;
      return present(n !== null && lo < 0 && n < 0 && n >= lo, { n, lo });
    },
  },
  {
    id: 'value.just-past-classes',
    data: ['n', 'classes'],
    read: (input) => {
      const [n, classes] = [small(input), classCount(input)];
      return present(n !== null && classes !== null && n >= classes && n < 3 * classes + 3, { n, classes });
    },
  },
  {
    id: 'value.far-past-classes',
    data: ['n', 'classes'],
    read: (input) => {
      const [n, classes] = [small(input), classCount(input)];
      return present(n !== null && classes !== null && n >= 3 * classes + 3 && n < 255, { n, classes });
    },
  },
  {
    id: 'value.within-classes',
    data: ['n', 'classes'],
    read: (input) => {
      const [n, classes] = [small(input), classCount(input)];
      return present(n !== null && classes !== null && n >= 0 && n < classes, { n, classes });
    },
  },
  {
    id: 'value.ignore-like',
    data: ['n'],
    read: (input) => {
      const n = small(input);
      return present(n !== null && [255, -1, -100].includes(n) && !contradicts(input), { n });
    },
  },
  {
    id: 'value.plausible-class',
    data: ['n'],
    read: (input) => {
      const n = small(input);
      return present(n !== null && n >= 0 && n < 1000 && input.matched.side !== 'lower' && classCount(input) === null, {
        n,
      });
    },
  },
  {
    id: 'value.negative',
    data: ['n'],
    read: (input) => {
      const n = small(input);
      return present(n !== null && n < 0, { n });
    },
  },
];
