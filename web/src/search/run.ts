// What the page of one run shows: its part, and for the charts range, scale, smoothing and the runs laid over; all of it in the address,
// so that a link shows a colleague the same picture.
import { type RawSearch, readChoice, readFlag, readNumber, readText, readTexts } from './params.ts';

export const runTabs = ['charts', 'captures', 'log', 'config'] as const;
export type RunTab = (typeof runTabs)[number];

export interface RunSearch {
  tab?: RunTab;
  /** Charts whose metric has this in its name. */
  metric?: string;
  /** Logarithmic heights. */
  log?: true;
  /** Smoothing in percent, 1 to 99. */
  smooth?: number;
  /** First and last step shown. */
  from?: number;
  to?: number;
  /** Curves of one rank; every rank when absent. */
  rank?: number;
  /** Ids of runs laid over this one. */
  with?: string[];
  /** Metric whose chart has the whole width. */
  wide?: string;
  /** Tables instead of pictures. */
  table?: true;
  /** Source of the log, its line to be shown, text to be searched for. */
  source?: string;
  line?: number;
  q?: string;
  /** Only lines that nothing was read from. */
  unparsed?: true;
  /** Capture whose analysis is shown. */
  capture?: string;
}

/** Runs that can be laid over one. */
export const maxOverlaid = 7;

export function readRunSearch(raw: RawSearch): RunSearch {
  const smooth = readNumber(raw.smooth);
  return {
    tab: readChoice(runTabs, raw.tab),
    metric: readText(raw.metric),
    log: readFlag(raw.log),
    smooth: smooth === undefined || smooth <= 0 ? undefined : Math.min(99, Math.round(smooth)),
    from: readStep(raw.from),
    to: readStep(raw.to),
    rank: readStep(raw.rank),
    with: readTexts(raw.with)?.slice(0, maxOverlaid),
    wide: readText(raw.wide),
    table: readFlag(raw.table),
    source: readText(raw.source),
    line: readStep(raw.line),
    q: readText(raw.q),
    unparsed: readFlag(raw.unparsed),
    capture: readText(raw.capture),
  };
}

function readStep(value: unknown): number | undefined {
  const number = readNumber(value);
  return number === undefined || number < 0 ? undefined : Math.floor(number);
}
