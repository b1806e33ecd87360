// Matchers as Prometheus has them: all of a list must hold, regular expressions must match the whole value, a label that is not there is
// the empty text. A label may have several values (an incident has several runs): `=` and `=~` hold when one value fits, `!=` and `!~` when
// none does.
import type { Matcher } from '../../contracts/alerts.ts';
import type { WebhookEvent } from '../../contracts/webhooks.ts';
import { hasNestedRepetition } from '../parsing/nested-repetition.ts';
import type { AlertedIncident } from './types.ts';

export type Labels = (label: string) => string[];

/** The labels of an event of an incident. */
export function labelsOf(incident: AlertedIncident, event: WebhookEvent): Labels {
  const fixed: Record<string, string[]> = {
    class: [incident.class],
    cause: incident.cause === null ? [] : [incident.cause],
    severity: [incident.severity],
    project: [incident.project],
    run: incident.runs,
    framework: incident.frameworks,
    event: [event],
    incident: [incident.id],
  };
  return (label) => {
    const values = label.startsWith('tag.') ? own(incident.tags, label.slice('tag.'.length)) : own(fixed, label);
    return values === undefined || values.length === 0 ? [''] : values;
  };
}

function own<T>(map: Record<string, T>, key: string): T | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

export function matchesAll(matchers: readonly Matcher[], labels: Labels): boolean {
  return findMismatch(matchers, labels) === null;
}

/** The first matcher that does not hold; null when all do. */
export function findMismatch(matchers: readonly Matcher[], labels: Labels): Matcher | null {
  return matchers.find((matcher) => !holds(matcher, labels)) ?? null;
}

function holds({ label, op, value }: Matcher, labels: Labels): boolean {
  const fits = op === '=' || op === '!=' ? (text: string) => text === value : wholeMatch(value);
  const isAny = labels(label).some(fits);
  return op === '=' || op === '=~' ? isAny : !isAny;
}

function wholeMatch(source: string): (text: string) => boolean {
  const expression = new RegExp(`^(?:${source})$`, 's');
  return (text) => expression.test(text);
}

/** What is wrong with a matcher, or null. */
export function findMatcherProblem({ op, value }: Matcher): string | null {
  if (op === '=' || op === '!=') return null;
  try {
    new RegExp(value, 's');
  } catch {
    return 'is not a regular expression';
  }
  return hasNestedRepetition(value) ? 'has a repetition without bound inside another one; write it without' : null;
}
