// Python's json.dumps writes NaN, Infinity and -Infinity as bare words, which JSON does not have.

const words = ['NaN', 'Infinity', '-Infinity'] as const;

/** Puts quotes around the three bare words where they stand outside strings; linear in the text. Everything else stays as it is. */
export function quoteNonFinite(text: string): string {
  const parts: string[] = [];
  let copied = 0;
  let index = 0;
  while (index < text.length) {
    const character = text[index];
    if (character === '"') {
      index = endOfString(text, index);
      continue;
    }
    const word =
      character === 'N' || character === 'I' || character === '-'
        ? words.find((candidate) => text.startsWith(candidate, index))
        : undefined;
    if (word === undefined) {
      index += 1;
      continue;
    }
    parts.push(text.slice(copied, index), `"${word}"`);
    index += word.length;
    copied = index;
  }
  parts.push(text.slice(copied));
  return parts.join('');
}

/** Index after the closing quote of the string that starts at `start`, or the end of the text. */
function endOfString(text: string, start: number): number {
  let index = start + 1;
  while (index < text.length) {
    if (text[index] === '\\') index += 2;
    else if (text[index] === '"') return index + 1;
    else index += 1;
  }
  return text.length;
}
