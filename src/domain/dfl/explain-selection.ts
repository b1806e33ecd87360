// What a replayed selection that went wrong says about how: where the wrong rows lie, and what stands in them.
import type { selectionContents, selectionPatterns } from '../../contracts/analysis.ts';
import type { SelectionReplay, StrangerKind } from '../../contracts/dfl.ts';

/** Where the mismatched rows lie: all rows, one run at the start, the end or between, or several runs. */
export type SelectionPattern = (typeof selectionPatterns)[number];
export type SelectionContent = (typeof selectionContents)[number];

export interface SelectionStory {
  pattern: SelectionPattern;
  content: SelectionContent;
  /** Share of the inspected rows that are of that content. */
  share: number;
}

/** Kinds of rows that tell the same story. Memory that nobody wrote holds anything: zeros, denormal, huge and non-finite numbers together. */
const kindsOf: Record<Exclude<SelectionContent, 'unknown'>, readonly StrangerKind[]> = {
  shifted: ['shifted'],
  reordered: ['shifted', 'other-row'],
  unselected: ['unselected'],
  zeros: ['zeros'],
  repeated: ['repeated'],
  integers: ['int64', 'int32'],
  'other-floats': ['float64', 'float32'],
  uninitialised: ['denormal', 'huge', 'non-finite', 'zeros', 'int64', 'int32', 'float64', 'float32', 'repeated'],
};
/** A story must account for this much of the rows. */
const minShare = 0.8;

/** Null when the selection is intact, or only rows are missing from target that mask selects. */
export function explainSelection(replay: SelectionReplay, positives: number): SelectionStory | null {
  const { strangers } = replay;
  if (replay.mismatchedRows === 0 || strangers === null) return null;
  const shareOf = (kinds: readonly StrangerKind[]) =>
    kinds.reduce((sum, kind) => sum + strangers.kinds[kind], 0) / strangers.inspected;
  const stories = Object.entries(kindsOf).map(([content, kinds]) => ({
    content: content as SelectionContent,
    share: shareOf(kinds),
  }));
  const story = stories.find(({ share }) => share >= minShare) ?? { content: 'unknown' as const, share: 0 };
  return { pattern: patternOf(replay, positives), ...story };
}

function patternOf({ ranges, rangeCount, checked }: SelectionReplay, positives: number): SelectionPattern {
  const only = rangeCount === 1 ? ranges[0] : undefined;
  if (!only) return 'scattered';
  const last = Math.max(positives, checked) - 1;
  if (only.first === 0) return only.last === last ? 'all' : 'head';
  return only.last === last ? 'tail' : 'block';
}
