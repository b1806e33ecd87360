// A JavaScript expression as grep -E takes it, for a fair race: groups lose their names, look-around is left out (grep has none), and
// classes are spelled out. Null for expressions that look at several lines.

const classes: Record<string, string> = { d: '0-9', w: '[:alnum:]_', s: '[:space:]' };

export function toExtended(source: string): string | null {
  if (/\\n(?!\])/.test(source.replaceAll('[^\\n]', '.')) || /\\[pPuxk]/.test(source)) return null;
  let out = '';
  let at = 0;
  const plain = source.replaceAll('[^\\n]', '.');
  while (at < plain.length) {
    const rest = plain.slice(at);
    const around = /^\(\?(?:[=!]|<[=!])/.test(rest);
    const opening = /^\((?:\?(?::|<[\w$]+>))?/.exec(rest);
    const bracket = /^\[(\^?)((?:\\[\s\S]|[^\]\\])*)\]/.exec(rest);
    const escaped = /^\\([\s\S])/.exec(rest);
    const lazy = /^([*+?}])\?/.exec(rest);
    if (around) at += groupLength(rest);
    else if (bracket) {
      out += `[${bracket[1]}${bracketBody(bracket[2] ?? '')}]`;
      at += bracket[0].length;
    } else if (escaped) {
      out += outsideEscape(escaped[1] ?? '');
      at += 2;
    } else {
      const taken = opening?.[0] ?? lazy?.[0] ?? rest.slice(0, 1);
      out += opening ? '(' : taken.slice(0, 1);
      at += taken.length;
    }
  }
  return out;
}

function outsideEscape(char: string): string {
  if (char === 't') return '\t';
  if (char === 'd') return '[0-9]';
  return /[a-zA-Z]/.test(char) || /[.*+?^${}()|[\]\\]/.test(char) ? `\\${char}` : char;
}

/** In a POSIX bracket a backslash means itself, and "]" must come first, "-" last. */
function bracketBody(body: string): string {
  const parts = [...body.matchAll(/\\([\s\S])|([\s\S])/g)].map(([, escaped, char]) => {
    if (escaped === undefined) return char ?? '';
    return classes[escaped] ?? (escaped === 't' ? '\t' : escaped === 'n' ? '' : `\\${escaped}`);
  });
  const first = parts.includes('\\]') ? ']' : '';
  const last = parts.includes('\\-') ? '-' : '';
  return (
    first +
    parts
      .filter((part) => part !== '\\]' && part !== '\\-')
      .map((part) => (part.length === 2 && part.startsWith('\\') ? part.slice(1) : part))
      .join('') +
    last
  );
}

/** Length of the group that a text begins with. */
function groupLength(text: string): number {
  let depth = 0;
  for (const part of text.matchAll(/\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|[()]/g)) {
    if (part[0] === '(') depth += 1;
    if (part[0] === ')') depth -= 1;
    if (depth === 0) return part.index + 1;
  }
  return text.length;
}
