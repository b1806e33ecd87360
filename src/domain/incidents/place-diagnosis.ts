// Which incident a run's diagnosis belongs to: pure.
import type { Diagnosis } from '../diagnosis/types.ts';

/** A part the run already has in some incident. */
export interface ExistingPart {
  incidentId: string;
  fingerprint: string;
  class: string;
  /** Runs of that incident, this one included. */
  runs: number;
}

export interface PlacementInput {
  diagnosis: Pick<Diagnosis, 'class' | 'fingerprint'>;
  /** Parts of this run that no current diagnosis of the run has the fingerprint of. */
  orphans: ExistingPart[];
  /** The part of this run that has the diagnosis's fingerprint. */
  own: ExistingPart | null;
  /** The project's incident that the fingerprint leads to. */
  known: string | null;
  /** Classes whose incidents in the same run are symptoms of this diagnosis (failure.yaml). */
  absorbs: readonly string[];
}

export type Placement =
  | { kind: 'open'; reason: 'new-failure' | 'refined-away-from-group' }
  | { kind: 'update'; incidentId: string; reason: 'same-fingerprint' | 'refined' | 'known-fingerprint' };

export interface PlacementDecision {
  placement: Placement;
  /** Incidents of this run alone that turned out to be part of this failure: they end in it. */
  merge: string[];
  /** Incidents shared with other runs that this run leaves. */
  leave: string[];
}

/**
 * A diagnosis grows while its run is observed (tensors first, the trace last), and with it its fingerprint. The incident stays one:
 * - same fingerprint as before: update it;
 * - a fingerprint that the project knows: join that incident; what the run had opened alone before ends in it;
 * - otherwise a refinement of what the run had opened alone: that incident takes the new fingerprint;
 * - a run that shared an incident with others and is now told apart leaves it and opens its own.
 */
export function placeDiagnosis(input: PlacementInput): PlacementDecision {
  const superseded = input.orphans.filter(
    (part) => part.class === input.diagnosis.class || part.class === 'unknown' || input.absorbs.includes(part.class),
  );
  const alone = superseded.filter((part) => part.runs === 1).map((part) => part.incidentId);
  const shared = superseded.filter((part) => part.runs > 1).map((part) => part.incidentId);
  const decide = (placement: Placement, kept?: string): PlacementDecision => ({
    placement,
    merge: alone.filter((id) => id !== kept),
    leave: shared.filter((id) => id !== kept),
  });

  if (input.own)
    return decide(
      { kind: 'update', incidentId: input.own.incidentId, reason: 'same-fingerprint' },
      input.own.incidentId,
    );
  if (input.known !== null) {
    return decide(
      {
        kind: 'update',
        incidentId: input.known,
        reason: alone.includes(input.known) ? 'refined' : 'known-fingerprint',
      },
      input.known,
    );
  }
  const refined = alone[0];
  if (refined !== undefined) return decide({ kind: 'update', incidentId: refined, reason: 'refined' }, refined);
  return decide({ kind: 'open', reason: shared.length > 0 ? 'refined-away-from-group' : 'new-failure' });
}
