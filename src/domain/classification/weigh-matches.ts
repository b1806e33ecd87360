// From the rules that hold to beliefs in classes: where a rule stands, what its role is and what it speaks against all count.
import type { Catalog } from '../../contracts/catalog.ts';
import type { LossReason, Role, RuleMatch, Standing } from './types.ts';

/** Below this a class is a guess. */
export const floor = 0.5;
/** No rule about text is certain. */
const ceiling = 0.99;
/** How much a further rule of the same class, on other lines, adds of what is left to certainty. */
const agreement = 0.25;

/** Share of its belief that a rule keeps by where it stands, once a rule explains the first cause itself. */
const besideCause: Record<Standing, number> = { first: 1, chain: 0.85, loose: 0.8, later: 0.7, echo: 0.5, aside: 0.45 };
/** The same while nothing explains the first cause. */
const withoutCause: Record<Standing, number> = { first: 1, chain: 1, loose: 1, later: 1, echo: 0.9, aside: 1 };

export interface ClassBelief {
  class: string;
  belief: number;
  /** What took most of its belief away; null when nothing did. */
  reduced: LossReason | null;
}

/**
 * Every class that some rule speaks for. Classes that another one absorbs keep no belief: they are its symptoms. `reportsFailure`: the
 * text holds a crash report of some kind, so that what was only warned of went by.
 */
export function weighMatches(
  matches: readonly RuleMatch[],
  catalog: Catalog,
  { reportsFailure }: { reportsFailure: boolean },
): ClassBelief[] {
  const isExplained = matches.some(
    ({ standing, role, confidence }) => standing === 'first' && role === 'cause' && confidence > floor,
  );
  const factors = isExplained ? besideCause : withoutCause;
  const weighed = matches.map((match) => ({ ...match, confidence: match.confidence * factors[match.standing] }));
  const classes = [...new Set(weighed.map((match) => match.class))];
  const byRole = (name: string, role: Role) =>
    combine(weighed.filter((each) => each.class === name && each.role === role));
  const roles = classes.map((name) => ({
    class: name,
    cause: byRole(name, 'cause'),
    messenger: byRole(name, 'messenger'),
    consequence: byRole(name, 'consequence'),
    warning: byRole(name, 'warning'),
  }));
  const beliefs = roles.map((own) =>
    stepBack(
      own,
      roles.filter((other) => other.class !== own.class),
      reportsFailure,
    ),
  );
  return withoutSymptoms(
    beliefs.map((entry) => ruleOut(entry, weighed, isExplained)),
    catalog,
  );
}

/** The strongest rule, and a little more for every other rule on other lines: rules on the same words tell the same. */
function combine(matches: RuleMatch[]): number {
  const rules = new Set<string>();
  const told = new Set<number>();
  let belief = 0;
  for (const { rule, confidence, lines } of [...matches].sort((a, b) => b.confidence - a.confidence)) {
    if (!rules.has(rule) && lines.some((line) => !told.has(line)))
      belief += (1 - belief) * (belief === 0 ? confidence : agreement * confidence);
    rules.add(rule);
    for (const line of lines) told.add(line);
  }
  return Math.min(belief, ceiling);
}

type Roles = Record<Role, number> & { class: string };

/**
 * Messengers step back behind causes of other classes, consequences behind both, as far as those are believed; warnings count for nothing
 * beside any of the three and beside a failure.
 */
function stepBack(own: Roles, others: Roles[], reportsFailure: boolean): ClassBelief {
  const cause = strongest(others, (other) => other.cause);
  const before = strongest(others, (other) => Math.max(other.cause, other.messenger));
  const messenger = own.messenger * (1 - cause.belief);
  const consequence = own.consequence * (1 - before.belief);
  const any = strongest(others, (other) => Math.max(other.cause, other.messenger, other.consequence));
  const warning = reportsFailure || any.belief > 0 ? 0 : own.warning;
  const belief = Math.max(own.cause, messenger, consequence, warning);
  const isReduced = Math.max(own.messenger, own.consequence) > belief;
  const of = own.messenger >= own.consequence ? cause.class : before.class;
  if (own.warning > belief && !isReduced) return { class: own.class, belief, reduced: { kind: 'not-first' } };
  return { class: own.class, belief, reduced: isReduced ? { kind: 'consequence', of } : null };
}

function strongest(roles: Roles[], of: (roles: Roles) => number): { class: string; belief: number } {
  const best = roles.reduce((most, each) => (of(each) > most.belief ? { class: each.class, belief: of(each) } : most), {
    class: '',
    belief: 0,
  });
  return best.belief >= floor ? best : { class: '', belief: 0 };
}

/** A rule with belief c that rules a class out leaves it 1 - c of its belief. */
function ruleOut(entry: ClassBelief, matches: RuleMatch[], isExplained: boolean): ClassBelief {
  const [against] = matches
    .filter((match) => match.rulesOut.includes(entry.class))
    .sort((a, b) => b.confidence - a.confidence);
  if (against)
    return {
      class: entry.class,
      belief: entry.belief * (1 - against.confidence),
      reduced: { kind: 'ruled-out', by: { class: against.class, rule: against.rule } },
    };
  if (entry.reduced) return entry;
  const own = matches.filter((match) => match.class === entry.class);
  const isAway = isExplained && own.every(({ standing }) => standing !== 'first');
  return isAway ? { ...entry, reduced: { kind: 'not-first' } } : entry;
}

function withoutSymptoms(beliefs: ClassBelief[], catalog: Catalog): ClassBelief[] {
  const strong = beliefs.filter(({ belief }) => belief >= floor);
  return beliefs.map((entry) => {
    const owner = strong.find(({ class: name }) => catalog.failures.get(name)?.absorbs.includes(entry.class));
    return owner ? { ...entry, belief: 0, reduced: { kind: 'symptom', of: owner.class } } : entry;
  });
}
