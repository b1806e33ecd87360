// Classes that findings imply without any text.
import type { Catalog, CatalogFailure } from '../../contracts/catalog.ts';
import type { Finding } from '../../contracts/findings.ts';

export interface TriggeredClass {
  failure: CatalogFailure;
  confidence: number;
}

/**
 * Every class that some finding triggers and that no other triggered class absorbs, the most convincing first. Of two that absorb each
 * other the more convincing one stays: which of them is the symptom depends on what is known.
 */
export function triggeredClasses(findings: readonly Finding[], catalog: Catalog): TriggeredClass[] {
  const present = new Set(findings.map((finding) => finding.id));
  const triggered = [...catalog.failures.values()].flatMap((failure) => {
    const confidences = failure.findings
      .filter((trigger) => present.has(trigger.finding))
      .map((trigger) => trigger.confidence);
    return confidences.length > 0 ? [{ failure, confidence: Math.max(...confidences) }] : [];
  });
  const isSymptom = ({ failure, confidence }: TriggeredClass) =>
    triggered.some(
      (other) =>
        other.failure.absorbs.includes(failure.id) &&
        (!failure.absorbs.includes(other.failure.id) || other.confidence > confidence),
    );
  return triggered
    .filter((candidate) => !isSymptom(candidate))
    .sort((a, b) => b.confidence - a.confidence || a.failure.id.localeCompare(b.failure.id));
}
