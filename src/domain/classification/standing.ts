// Where a match stands among what the text reports: in the first cause, in what follows from it, in a warning, or in the open.
import type { ParsedException, ParsedText, ParsedTrace } from '../parsing/types.ts';
import type { Standing } from './types.ts';

type Span = [number, number];
interface ReportSpan {
  lines: Span;
  standing: Standing;
}

/** Answers for a place, 0-based [first, last]; the best standing that some part of the place has. */
export type StandingOf = (place: Span, exception?: ParsedException | null) => Standing;

const order: readonly Standing[] = ['first', 'chain', 'loose', 'later', 'echo', 'aside'];

/** Of two standings the one nearer to the first cause comes first. */
export function compareStandings(a: Standing, b: Standing): number {
  return order.indexOf(a) - order.indexOf(b);
}

export function readStandings(text: ParsedText): StandingOf {
  const reports = listReports(text);
  const first = firstException(text);
  return (place, exception = null) => {
    if (exception && exception === first) return 'first';
    const touched = reports.filter(({ lines }) => place[0] <= lines[1] && place[1] >= lines[0]);
    const [best] = touched.map(({ standing }) => standing).sort(compareStandings);
    if (best !== undefined) return best;
    return isAside(text.lines[place[0]] ?? '') ? 'aside' : 'loose';
  };
}

function firstException({ firstCause, traces }: ParsedText): ParsedException | null {
  if (firstCause?.kind !== 'exception') return null;
  return traces[firstCause.index]?.chain[firstCause.exception ?? 0] ?? null;
}

function listReports(text: ParsedText): ReportSpan[] {
  const { firstCause, traces, assertions, nativeErrors, aborts, deaths, summaries, watchdogs } = text;
  const first = firstException(text);
  const isFirst = (kind: string, index: number) => firstCause?.kind === kind && firstCause.index === index;
  const others = (kind: string, reports: readonly { lines: Span }[]) =>
    reports.map(({ lines }, index): ReportSpan => ({ lines, standing: isFirst(kind, index) ? 'first' : 'later' }));
  return [
    ...traces.flatMap((trace, index) =>
      trace.chain.map(
        (exception): ReportSpan => ({
          lines: exception.lines,
          standing: exception === first ? 'first' : isFirst('exception', index) ? 'chain' : standingOf(trace),
        }),
      ),
    ),
    ...others('assertion', assertions),
    ...others('native-error', nativeErrors),
    ...others('abort', aborts),
    ...others(
      'death',
      deaths.map(({ line }) => ({ lines: [line, line] as Span })),
    ),
    ...others('summary', summaries),
    ...others('watchdog', watchdogs),
  ];
}

function standingOf({ echo }: ParsedTrace): Standing {
  return echo === null || echo === 'repeated' ? 'later' : 'echo';
}

/** Python's warnings and lines of information or warning of the usual loggers: said in passing, whatever their words. */
const aside =
  /\b(?:User|Future|Deprecation|PendingDeprecation|Runtime|Resource|Import|Syntax|Bytes)?Warning:|\bwarnings\.warn\(|^\W*(?:\d[\d:.,\-T /Z]*)?\W*(?:WARN(?:ING)?|INFO|DEBUG|NOTE)\b|[[|(](?:WARNING|WARN|INFO|DEBUG) *[\])|]|\bNCCL INFO\b/;

function isAside(line: string): boolean {
  return aside.test(line.slice(0, 400));
}
