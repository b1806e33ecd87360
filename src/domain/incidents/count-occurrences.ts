// What the parts of an incident's runs add up to.
import type { Diagnosis } from '../diagnosis/types.ts';
import type { RunPart } from './types.ts';

/**
 * Occurrences of a failure in one run. Each kind of observation (captures, metrics, traces) reports every occurrence at most once, and
 * one crash is usually reported by all of them, so the largest count is the number of times it happened.
 */
export function countOccurrences(part: Pick<RunPart, 'captures' | 'metrics' | 'traces'>): number {
  return Math.max(part.captures, part.metrics, part.traces);
}

export interface PartsTotal {
  /** The strongest diagnosis of the parts; it speaks for the incident. */
  diagnosis: Diagnosis;
  occurrences: number;
  firstStep: number | null;
  lastStep: number | null;
}

/** Adds up the parts of an incident, in order of joining; null when there is none. */
export function sumParts(parts: readonly RunPart[]): PartsTotal | null {
  if (parts.length === 0) return null;
  const strongest = parts.reduce((best, part) => (strength(part.diagnosis) > strength(best.diagnosis) ? part : best));
  const firstSteps = parts.flatMap((part) => part.firstStep ?? []);
  const lastSteps = parts.flatMap((part) => part.lastStep ?? []);
  return {
    diagnosis: strongest.diagnosis,
    occurrences: parts.reduce((sum, part) => sum + countOccurrences(part), 0),
    firstStep: firstSteps.length > 0 ? Math.min(...firstSteps) : null,
    lastStep: lastSteps.length > 0 ? Math.max(...lastSteps) : null,
  };
}

/** A trace with a confident cause says more than a symptom in the numbers. */
function strength(diagnosis: Diagnosis): number {
  return diagnosis.confidence * (diagnosis.causes[0]?.confidence ?? 0.01) + (diagnosis.exception ? 1 : 0);
}
