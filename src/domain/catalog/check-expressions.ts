// What a rule's regular expressions must be: valid, and without repetitions inside repetitions, which some text makes exponentially slow.
import type { FailureRule } from '../../contracts/failure-rule.ts';

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

/** Whether a group that may repeat without bound holds something that may, too: (a+)+, (\s*x*)*, ([^)]*,)+ . */
export function hasNestedRepetition(source: string): boolean {
  const open: boolean[] = [];
  let inner = false;
  for (const token of tokensOf(source)) {
    if (token === '(') {
      open.push(inner);
      inner = false;
    } else if (token.startsWith(')')) {
      const isRepeated = isUnbounded(token.slice(1));
      if (isRepeated && inner) return true;
      inner = (open.pop() ?? false) || inner || isRepeated;
    } else if (isUnbounded(token)) inner = true;
  }
  return false;
}

/** Group openings, group ends with their quantifier, and quantifiers; all else is passed over. */
function tokensOf(source: string): string[] {
  const token =
    /\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|\((?:\?(?:[:=!]|<[=!]|<\w+>))?|\)(?:[*+?]|\{\d+(?:,\d*)?\})?|[*+?]|\{\d+(?:,\d*)?\}/g;
  return [...source.matchAll(token)].flatMap(([text]) => {
    if (text.startsWith('\\') || text.startsWith('[')) return [];
    return [text.startsWith('(') ? '(' : text];
  });
}

function isUnbounded(quantifier: string): boolean {
  return /^(?:[*+]|\{\d+,\})$/.test(quantifier);
}
