// Breaks text into lines for a terminal. Chinese has no spaces, its characters are two columns wide and may be parted anywhere but before
// closing punctuation.

const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/u;
const closing = /^[，。；：！？、）》」』】”’,.;:!?)\]]/u;

/** Lines of at most `width` columns, each behind `indent`, the first behind `first`. A word longer than a line keeps a line of its own. */
export function wrapText(text: string, width: number, indent = '', first = indent): string {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const piece of splitPieces(paragraph)) {
      const prefix = lines.length === 0 ? first : indent;
      const fits = columns(prefix) + columns(line + piece.trimEnd()) <= width;
      if (line.trim() === '' || fits || closing.test(piece)) line += piece;
      else {
        lines.push(prefix + line.trimEnd());
        line = piece;
      }
    }
    lines.push((lines.length === 0 ? first : indent) + line.trimEnd());
  }
  return lines.join('\n');
}

/** Wide characters one by one, other words with the space behind them. */
function splitPieces(text: string): string[] {
  return text.match(new RegExp(`${wide.source}\\s*|(?:(?!${wide.source})\\S)+\\s*|\\s+`, 'gu')) ?? [];
}

function columns(text: string): number {
  let sum = 0;
  for (const character of text) sum += wide.test(character) ? 2 : 1;
  return sum;
}
