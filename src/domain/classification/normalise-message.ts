// Makes messages of the same failure equal: what differs between runs, hosts and ranks becomes a placeholder.

const maxLength = 300;

/** Rules in order; each is linear in the message. */
const replacements: [RegExp, string][] = [
  [/0x[0-9a-fA-F]+/g, '<address>'],
  [/\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,64}\b/g, '<id>'],
  [/(?:[A-Za-z]:)?(?:[\\/][\w.@+ -]*[\w.@+-])+[\\/]?/g, '<path>'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g, '<host>'],
  [/\b(rank|pid|process|worker|device|gpu|cuda)([ :=#]*)\d+/gi, '$1$2<id>'],
  [/[([]\s*-?\d+(?:\s*,\s*-?\d+)*\s*,?\s*[)\]]/g, '<shape>'],
  [/[+-]?\d+(?:\.\d+)?\s?(?:[KMGT]i?B|bytes)\b/g, '<size>'],
  [/[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi, '<number>'],
  [/\s+/g, ' '],
];

/** Stable over paths, addresses, hosts, pids, ranks, shapes, sizes and numbers; words stay. */
export function normaliseMessage(message: string): string {
  const start = message.slice(0, 4 * maxLength);
  return replacements
    .reduce((text, [regex, placeholder]) => text.replace(regex, placeholder), start)
    .trim()
    .slice(0, maxLength);
}
