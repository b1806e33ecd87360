// Among everything that a text reports, the failure that the rest follows from.
import { isPeerMessage } from './mark-echoes.ts';
import type { CauseReason, CrashReports, EchoReason, FirstCause, ParsedTrace, ProcessDeath } from './types.ts';

/**
 * How much a report can be the cause of the others, best first. A kernel's assertion surfaces at any later call. What fails by itself
 * comes next, then what only says that something ended, then what other ranks and launchers notice.
 */
const tiers = { assertion: 0, own: 1, abort: 2, death: 3, peer: 4, launcher: 5, noise: 6 };
type Tier = keyof typeof tiers;

interface Candidate extends Omit<FirstCause, 'why'> {
  tier: Tier;
  line: number;
  /** A chain's earlier exception was chosen. */
  isOriginal: boolean;
}

const echoTiers: Record<EchoReason, Tier> = {
  launcher: 'launcher',
  peer: 'peer',
  worker: 'death',
  ignored: 'noise',
  interrupted: 'noise',
  repeated: 'noise',
};

/** Null when nothing is reported. Among equals the rank that the launcher names comes first, then what stands first in the text. */
export function findFirstCause(reports: CrashReports): FirstCause | null {
  const root = reports.summaries.find(({ failures }) => failures.length > 0)?.failures[0]?.rank ?? null;
  const isNamed = ({ rank }: Candidate) => root !== null && rank === root;
  const [best, ...others] = listCandidates(reports).sort(
    (a, b) => tiers[a.tier] - tiers[b.tier] || Number(isNamed(b)) - Number(isNamed(a)) || a.line - b.line,
  );
  if (!best) return null;
  const { kind, index, exception, rank } = best;
  return { kind, index, exception, rank, why: reasonsFor(best, others, isNamed(best)) };
}

function reasonsFor(best: Candidate, others: Candidate[], isNamed: boolean): CauseReason[] {
  const rivals = others.filter(({ tier }) => tier === best.tier);
  const why: CauseReason[] = [];
  if (best.tier === 'assertion' && others.length > rivals.length) why.push('before-device-error');
  else if (others.length > rivals.length) why.push('above-echoes');
  if (best.isOriginal) why.push('original');
  if (isNamed) why.push('named-by-launcher');
  else if (rivals.length > 0) why.push('first');
  return why.length === 0 ? ['only'] : why;
}

function listCandidates(reports: CrashReports): Candidate[] {
  const { traces, assertions, nativeErrors, aborts, deaths, summaries, watchdogs } = reports;
  return [
    ...assertions.map(({ rank, lines }, index) => candidate('assertion', index, 'assertion', rank, lines[0])),
    ...traces.map(traceCandidate),
    ...nativeErrors.flatMap(({ message, rank, lines }, index) => {
      const tier = isPeerMessage(message) ? 'peer' : 'own';
      return isInTrace(lines[0], traces) ? [] : [candidate('native-error', index, tier, rank, lines[0])];
    }),
    ...aborts.map(({ rank, lines, reporter }, index) =>
      candidate('abort', index, reporter === 'terminate' ? 'abort' : 'own', rank, lines[0]),
    ),
    ...deaths.flatMap((death, index) =>
      death.isConsequence ? [] : [candidate('death', index, tierOf(death), death.rank, death.line)],
    ),
    ...summaries.map(({ failures, lines }, index) =>
      candidate('summary', index, 'launcher', failures[0]?.rank ?? null, lines[0]),
    ),
    ...watchdogs.map(({ kind, rank, lines }, index) =>
      candidate('watchdog', index, kind === 'exception' ? 'abort' : 'peer', rank, lines[0]),
    ),
  ];
}

function candidate(kind: FirstCause['kind'], index: number, tier: Tier, rank: number | null, line: number): Candidate {
  return { kind, index, exception: null, tier, rank, line, isOriginal: false };
}

/** Exceptions that code meets on its way and goes on from: what was raised while they were handled tells more. */
const oftenHandled =
  /(?:^|\.)(?:Empty|StopIteration|KeyError|AttributeError|TimeoutError|ModuleNotFoundError|ImportError)$/;

function traceCandidate(trace: ParsedTrace, index: number): Candidate {
  const { chain, rank, lines, echo } = trace;
  let chosen = 0;
  while (oftenHandled.test(chain[chosen]?.type ?? '') && chain[chosen + 1]?.link === 'context') chosen += 1;
  const tier = echo === null ? 'own' : echoTiers[echo];
  return {
    kind: 'exception',
    index,
    exception: chosen,
    tier,
    rank,
    line: lines[0],
    isOriginal: chosen < chain.length - 1,
  };
}

/** Paddle prints its summary within the exception's message. */
function isInTrace(line: number, traces: ParsedTrace[]): boolean {
  return traces.some(({ lines: [first, last] }) => line >= first && line <= last);
}

/** An exit status alone tells no more than that something failed; a job that is stopped makes its ranks complain of each other. */
function tierOf({ outOfMemory, isStopped, signal }: ProcessDeath): Tier {
  if (outOfMemory) return 'own';
  return signal === null && !isStopped ? 'launcher' : 'death';
}
