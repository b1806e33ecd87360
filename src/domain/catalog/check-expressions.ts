// What a rule's regular expressions must be: valid, and without repetitions inside repetitions, which some text makes exponentially slow.
import type { FailureRule } from '../../contracts/failure-rule.ts';
import { hasNestedRepetition } from '../parsing/nested-repetition.ts';

/** Every expression of a rule with the name of its part. */
export function expressionsOf(rule: FailureRule): { part: string; source: string }[] {
  const parts: [string, string | undefined][] = [
    ['exception', rule.exception],
    ['message', rule.message],
    ['frame', rule.frame],
    ['line', rule.line],
    ['report.text', rule.report?.text],
    ['near.line', rule.near?.line],
    ...(rule.unless ?? []).map((source): [string, string] => ['unless', source]),
  ];
  return parts.flatMap(([part, source]) => (source === undefined ? [] : [{ part, source }]));
}

/** Problems of one rule, each naming the rule and the part. */
export function checkExpressions(file: string, rule: FailureRule): string[] {
  return expressionsOf(rule).flatMap(({ part, source }) => {
    const problem = problemOf(source);
    return problem === null ? [] : [`${file}: rule ${rule.id}, ${part}: ${problem}`];
  });
}

function problemOf(source: string): string | null {
  try {
    new RegExp(source, 'm');
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return hasNestedRepetition(source) ? 'a repetition without bound stands inside another one' : null;
}
