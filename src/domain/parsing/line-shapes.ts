// A log repeats a few lines with other numbers in them. What was found in one of them is found in all that differ from it in digits only, so
// that a line of a known shape need not be searched again. Shapes depend on what is looked for, not on a source.

/** What lines of one shape hold. */
export interface LineShape<Found> {
  regex: RegExp;
  found: Found;
}

/** Shapes by the first and last character of their lines, those that came last first. */
export interface LineShapes<Found> {
  byEnds: Map<number, LineShape<Found>[]>;
  /** Lines without a shape since one was learned. */
  unlearned: number;
}

/** Shapes kept per pair of ends, and such pairs. */
const maxShapes = 8;
const maxEnds = 64;
/** A log whose lines are all different has no shapes: so many lines pass between two that are learned when there is no room. */
const learningPause = 256;
const longestLine = 2_000;

export function noShapes<Found>(): LineShapes<Found> {
  return { byEnds: new Map(), unlearned: 0 };
}

/** What lines of the text's shape hold; null when no such line has been learned. */
export function shapeOfLine<Found>({ byEnds }: LineShapes<Found>, text: string): Found | null {
  const shapes = byEnds.get(endsOf(text));
  if (!shapes) return null;
  for (let place = 0; place < shapes.length; place += 1) {
    const shape = shapes[place] as LineShape<Found>;
    if (!shape.regex.test(text)) continue;
    if (place > 0) shapes.unshift(...shapes.splice(place, 1));
    return shape.found;
  }
  return null;
}

/** Remembers the shape of a line, unless that would be in vain; `find` tells what the lines of the shape hold. */
export function learnShape<Found>(memory: LineShapes<Found>, text: string, find: () => Found): void {
  memory.unlearned += 1;
  if (text.length > longestLine || !/\d/.test(text)) return;
  const ends = endsOf(text);
  const shapes = memory.byEnds.get(ends) ?? [];
  const isFull = shapes.length >= maxShapes || (shapes.length === 0 && memory.byEnds.size >= maxEnds);
  if (isFull && memory.unlearned < learningPause) return;
  memory.unlearned = 0;
  if (memory.byEnds.size >= maxEnds && shapes.length === 0) memory.byEnds.clear();
  const shape = { regex: new RegExp(`^${anyNumbers(text)}$`), found: find() };
  memory.byEnds.set(ends, [shape, ...shapes].slice(0, maxShapes));
}

const zero = 48;

function endsOf(text: string): number {
  return (withoutDigit(text.charCodeAt(0)) << 16) | withoutDigit(text.charCodeAt(text.length - 1));
}

function withoutDigit(code: number): number {
  return code > zero && code <= zero + 9 ? zero : code;
}

/** How progress bars are filled. */
export const barFill = ' #▏▎▍▌▋▊▉█';
const parts = new RegExp(String.raw`\d+|(?<=\|)[${barFill}]+(?=\|)|[^\d]`, 'g');

/** An expression for a text with other digits, `digits(n)` in place of n of them, and another fill of a progress bar. */
export function anyFigures(text: string, digits: (length: number) => string): string {
  return text.replace(parts, (part) => {
    if (/\d/.test(part)) return digits(part.length);
    return part.length > 1 ? `[${barFill}]+` : escaped(part);
  });
}

function anyNumbers(text: string): string {
  return anyFigures(text, () => String.raw`\d+`);
}

export function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}
