// The catalog's regular expressions, compiled once.

const compiled = new Map<string, RegExp>();

/** Compiles a catalog expression with flag "m". @throws SyntaxError when it is not valid (checkCatalog reports it before). */
export function compileExpression(source: string): RegExp {
  let regex = compiled.get(source);
  if (!regex) {
    regex = new RegExp(source, 'm');
    compiled.set(source, regex);
  }
  return regex;
}

/** Named groups of a match; an empty object for an expression that is not given; null when it does not match. */
export function captureGroups(expression: string | undefined, subject: string): Record<string, string> | null {
  if (expression === undefined) return {};
  const found = compileExpression(expression).exec(subject);
  return found ? groupsOf(found) : null;
}

/** Named groups that took part in the match. */
export function groupsOf(found: RegExpExecArray): Record<string, string> {
  const groups = Object.entries(found.groups ?? {}).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return Object.fromEntries(groups);
}
