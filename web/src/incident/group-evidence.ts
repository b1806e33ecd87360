// Evidence in reading order: grouped by where it comes from, each with the numbers its sentence does not already tell.
import type { EvidenceItem } from '../api/answers.ts';

/** Kinds in the order in which they convince; kinds this page does not know are collected as `other`. */
export const evidenceKinds = ['capture', 'metric', 'trace', 'environment', 'config', 'other'] as const;
export type EvidenceKind = (typeof evidenceKinds)[number];

export interface EvidenceGroup {
  kind: EvidenceKind;
  items: EvidenceItem[];
}

/** Groups without items are left out; inside a group the given order stays. */
export function groupEvidence(items: readonly EvidenceItem[]): EvidenceGroup[] {
  return evidenceKinds
    .map((kind) => ({ kind, items: items.filter((item) => kindOf(item) === kind) }))
    .filter((group) => group.items.length > 0);
}

function kindOf(item: EvidenceItem): EvidenceKind {
  return evidenceKinds.find((kind) => kind === item.kind) ?? 'other';
}

/**
 * The item's data as label and text. Left out: absent values, texts that the sentence already contains, and, unless `nameRun`, the run
 * (an incident of one run would repeat it with every item).
 */
export function evidenceFacts(item: EvidenceItem, nameRun: boolean): { label: string; value: string }[] {
  const facts = Object.entries(item.data).map(([label, value]) => ({ label, value: formatDatum(value) }));
  if (item.ref !== null) facts.push({ label: 'ref', value: item.ref });
  return facts.filter(
    ({ label, value }) => value !== '' && (nameRun || label !== 'run') && !isTold(item, label, value),
  );
}

function isTold(item: EvidenceItem, label: string, value: string): boolean {
  return typeof item.data[label] === 'string' && item.text.includes(value);
}

/** A value of evidence as text. Fractions and integers too large to be exact keep six significant digits; null and empty lists are ''. */
export function formatDatum(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : compactNumber(value);
  if (Array.isArray(value)) return value.map(formatDatum).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function compactNumber(value: number): string {
  const rounded = Number(value.toPrecision(6));
  return Math.abs(rounded) >= 1e15 ? rounded.toExponential() : String(rounded);
}

/**
 * The reader's words for a fact and its values, looked up with `words` (null where there are none); what has none, such as the facts of
 * other kinds, stays as the API names it.
 */
export function nameFact(
  { label, value }: { label: string; value: string },
  words: (group: 'evidenceFact' | 'evidenceWord', name: string) => string | null,
): { label: string; value: string } {
  const name = words('evidenceFact', label);
  if (name === null) return { label, value };
  const parts = value.split(', ').map((part) => words('evidenceWord', part) ?? part);
  return { label: name, value: parts.join(', ') };
}
