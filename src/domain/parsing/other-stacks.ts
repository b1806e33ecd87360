// Python tracebacks in other dress: as IPython and notebooks print them (IPython/core/ultratb.py, 5 to 9), in the box of rich
// (rich/traceback.py), and the tree of an exception group (Lib/traceback.py, 3.11+).
import type { FrameLine } from './trace-lines.ts';

const notebookHeader = /^[\p{L}_][\p{L}\p{N}_.]*\s{2,}Traceback \(most recent call last\):?\s*$/u;
const boxHeader = /^\s*[╭┌+][─-]+ ?Traceback \(most recent call last\) ?[─-]*[╮┐+]?\s*$/;

/** The first line of a notebook's or a boxed traceback. */
export function isDressedHeader(text: string): boolean {
  return text.includes('Traceback (most recent call last)') && (notebookHeader.test(text) || boxHeader.test(text));
}

const dressedFrames = [
  /^File (?<file>\S.*?):(?<line>\d{1,9})(?:, in (?<fn>[^\s(]+).*)?\s*$/,
  /^(?<file>(?:Cell In|Input In) ?\[\d+\]), (?:line (?<line>\d{1,9})|in (?<fn>[^\s(]+).*)\s*$/,
  /^(?<file><ipython-input-[^>\s]+>|\S.*\.pyx?) in (?<fn>[^\s(]+)(?:\(.*\))?\s*$/,
  /^[│|] (?<file>\S.*?):(?<line>\d{1,9}) in (?<fn>\S+)\s*[│|]?\s*$/,
];

export function readDressedFrame(text: string): FrameLine | null {
  for (const pattern of dressedFrames) {
    const groups = pattern.exec(text)?.groups;
    if (groups)
      return {
        indent: 2,
        file: groups.file ?? '',
        line: groups.line === undefined ? null : Number(groups.line),
        function: groups.fn ?? null,
      };
  }
  return null;
}

const arrow = /^(?:-+> ?|[│|]\s*[❱>]\s*)(?<line>\d{1,9})(?: [│|])? ?(?<source>.*?)\s*[│|]?\s*$/;

/** The line that an arrow points to: its number and source. */
export function readArrow(text: string): { line: number; source: string } | null {
  const groups = arrow.exec(text)?.groups;
  return groups ? { line: Number(groups.line), source: groups.source ?? '' } : null;
}

const groupHeader = /^ *\+ Exception Group Traceback \(most recent call last\):\s*$/;

export function isGroupHeader(text: string): boolean {
  return text.includes('+ Exception Group') && groupHeader.test(text);
}

const separator = /^( *)\+(-\+)?-{10,}( (?:\d{1,4}|\.\.\.) -{10,})?\s*$/;

export interface Separator {
  /** The column that all rules of a group share. */
  depth: number;
  opensGroup: boolean;
  closesGroup: boolean;
}

/** The rule above a member of a group, or below the last one. */
export function readSeparator(text: string): Separator | null {
  const found = separator.exec(text);
  if (!found) return null;
  const opensGroup = found[2] !== undefined;
  return { depth: (found[1]?.length ?? 0) + (opensGroup ? 2 : 0), opensGroup, closesGroup: found[3] === undefined };
}

export function isTreeLine(text: string): boolean {
  return /^ *[|+]/.test(text);
}

/** A line of a group's tree without the tree. */
export function withoutTree(text: string): string {
  return text.replace(/^ *[|+] ?/, '').replace(/^Exception Group Traceback/, 'Traceback');
}
