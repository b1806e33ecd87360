// Fills the placeholders of catalog texts: `{name}`, or `{name:-text for when it is not known}`.
import type { FindingData } from '../../contracts/findings.ts';

const placeholder = /\{([a-z][a-z0-9_]*)(?::-([^{}]*))?\}/g;

/** Between Chinese words stands no blank: those around a placeholder are meant for numbers and Latin words. */
const blankBetweenHan = /(?<=\p{Script=Han}) (?=\p{Script=Han})/gu;

/** Blanks at the end go, which an empty fallback may leave. A value that is missing and has no fallback reads "?". */
export function fillTemplate(template: string, data: FindingData): string {
  return template
    .replace(placeholder, (_, name: string, fallback: string | undefined) => spell(data[name]) ?? fallback ?? '?')
    .replace(blankBetweenHan, '')
    .trimEnd();
}

/** The placeholders of a template: name and whether it has a fallback. */
export function placeholdersOf(template: string): { name: string; hasFallback: boolean }[] {
  return [...template.matchAll(placeholder)].map((found) => ({
    name: found[1] ?? '',
    hasFallback: found[2] !== undefined,
  }));
}

function spell(value: FindingData[string] | undefined): string | null {
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return null;
  if (Array.isArray(value)) return value.map((item) => spell(item)).join(', ');
  if (typeof value !== 'number') return String(value);
  return Number.isInteger(value) && Math.abs(value) < 1e9 ? String(value) : String(Number(value.toPrecision(4)));
}
