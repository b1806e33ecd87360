// Regular expressions that some text makes exponentially slow.

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
