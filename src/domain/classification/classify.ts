// From the rules that hold to one class: beliefs are combined, classes compete, and what convinces too little is `unknown`.
import type { Catalog } from '../../contracts/catalog.ts';
import type { ParsedException, ParsedText } from '../parsing/types.ts';
import { matchRules } from './match-rules.ts';
import type { Classification, RuleMatch } from './types.ts';

export const unknownClass = 'unknown';
/** Below this a class is a guess. */
const floor = 0.5;
const shownAlternative = 0.02;
/** No rule about text is certain. */
const ceiling = 0.99;

/**
 * - Belief in a class is that of its strongest rule (rules of one class see the same words, so they do not add up).
 * - A rule with belief c that rules a class out leaves it 1 - c of its belief.
 * - A class that another one absorbs is its symptom and does not compete with it.
 * - The rest compete by odds b/(1-b), against an unnamed class of odds 1: a single rule keeps its belief, rivals share.
 */
export function classify(text: ParsedText, catalog: Catalog): Classification {
  const matches = matchRules(text, catalog);
  const shares = compete(withoutSymptoms(combine(matches), catalog));
  const best = shares[0];
  const alternatives = shares.filter((share) => share.confidence >= shownAlternative);
  if (!best || best.confidence < floor) {
    return { class: unknownClass, confidence: 0, alternatives, matches: [], exception: exceptionToShow(text) };
  }
  const own = matches.filter((match) => match.class === best.class).sort(byDecision);
  return {
    ...best,
    alternatives: alternatives.slice(1),
    matches: own,
    exception: own.find((match) => match.exception)?.exception ?? exceptionToShow(text),
  };
}

function combine(matches: RuleMatch[]): Map<string, number> {
  const beliefs = new Map<string, number>();
  for (const match of matches) {
    beliefs.set(match.class, Math.max(beliefs.get(match.class) ?? 0, Math.min(match.confidence, ceiling)));
  }
  const against = new Map<string, number>();
  for (const match of matches) {
    for (const other of match.rulesOut) against.set(other, Math.max(against.get(other) ?? 0, match.confidence));
  }
  for (const [name, belief] of beliefs) beliefs.set(name, belief * (1 - (against.get(name) ?? 0)));
  return beliefs;
}

function withoutSymptoms(beliefs: Map<string, number>, catalog: Catalog): Map<string, number> {
  const strong = [...beliefs].filter(([, belief]) => belief >= floor).map(([name]) => name);
  const symptoms = new Set(strong.flatMap((name) => catalog.failures.get(name)?.absorbs ?? []));
  return new Map([...beliefs].filter(([name]) => !symptoms.has(name)));
}

function compete(beliefs: Map<string, number>): { class: string; confidence: number }[] {
  const odds = [...beliefs].map(([name, belief]) => ({ class: name, odds: belief / (1 - belief) }));
  const total = odds.reduce((sum, entry) => sum + entry.odds, 1);
  return odds
    .map((entry) => ({ class: entry.class, confidence: round(entry.odds / total) }))
    .sort((a, b) => b.confidence - a.confidence || a.class.localeCompare(b.class));
}

/** The strongest rule decides; among equals the first exception of the text, since later ones are echoes of it. */
function byDecision(a: RuleMatch, b: RuleMatch): number {
  return (
    b.confidence - a.confidence ||
    Number(b.exception !== null) - Number(a.exception !== null) ||
    (a.lines.at(-1) ?? 0) - (b.lines.at(-1) ?? 0)
  );
}

/**
 * The exception a reader should see when no rule on exceptions decided: the last one of the first report. Within a report the chain's
 * end is what was raised; between reports the first is the cause and the others (other ranks, the launcher) are echoes.
 */
function exceptionToShow(text: ParsedText): ParsedException | null {
  return text.traces[0]?.chain.at(-1) ?? null;
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
