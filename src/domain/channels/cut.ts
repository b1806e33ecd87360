// Lengths. Texts are cut between code points; lengths are counted in UTF-16 units or in bytes, whichever a service's limit means at worst.

/** At most `max` UTF-16 units (and so at most `max` code points); a cut text ends in an ellipsis. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return wellFormed(text);
  const end = max - 1;
  const isTorn = /[\uD800-\uDBFF]/.test(text[end - 1] ?? '');
  return `${wellFormed(text.slice(0, isTorn ? end - 1 : end))}…`;
}

/** At most `max` bytes of UTF-8; a cut text ends in an ellipsis (three bytes). */
export function cutBytes(text: string, max: number): string {
  if (utf8Length(text) <= max) return wellFormed(text);
  let bytes = 3;
  let kept = '';
  for (const point of wellFormed(text)) {
    bytes += utf8Length(point);
    if (bytes > max) break;
    kept += point;
  }
  return `${kept}…`;
}

export function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** White space and control characters become single spaces: what a user wrote must not add lines or headers to a message. */
export function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}

/** `escapePoint` applied code point by code point, at most `max` UTF-16 units in all: no escape sequence is torn. */
export function cutEscaped(text: string, max: number, escapePoint: (point: string) => string): string {
  const points = [...wellFormed(text)];
  let kept = '';
  for (const [index, point] of points.entries()) {
    const next = kept + escapePoint(point);
    const mustEnd = index < points.length - 1 ? 1 : 0;
    if (next.length + mustEnd > max) return `${kept}…`;
    kept = next;
  }
  return kept;
}

/** Halves of code points that stand alone become the replacement character. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}
