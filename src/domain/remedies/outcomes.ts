// What people said of remediations, by class, cause and remediation.

export interface Outcome {
  worked: number;
  failed: number;
}

/** By outcomeKey. */
export type Outcomes = ReadonlyMap<string, Outcome>;
export const noOutcomes: Outcomes = new Map();

/** `score`: how much the remediation is expected to help, 0 to 1. */
export interface RemedyFeedback extends Outcome {
  score: number;
}

/** Name of the cause of general advice. */
export const anyCause = 'any';

export function outcomeKey(failureClass: string, cause: string | null, remediation: string): string {
  return [failureClass, cause ?? anyCause, remediation].join('/');
}

/** The catalog's fit counts as much as so many people's word. */
const priorWeight = 4;

/**
 * Mean of the Beta posterior: prior Beta(w fit, w (1 - fit)) with w = 4, after so many successes and failures. One person moves little,
 * ten people outweigh the catalog.
 */
export function expectedSuccess(fit: number, worked: number, failed: number): number {
  const mean = (priorWeight * fit + worked) / (priorWeight + worked + failed);
  return Math.round(mean * 10_000) / 10_000;
}
