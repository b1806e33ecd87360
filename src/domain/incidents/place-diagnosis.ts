// Which incident a run's diagnosis belongs to: pure.
import type { Diagnosis } from '../diagnosis/types.ts';

/** A part the run already has in some incident. */
export interface ExistingPart {
  /** The incident it came to, which holds its row. */
  home: string;
  /** The incident it counts for: its home, or what that was merged into. */
  incidentId: string;
  fingerprint: string;
  class: string;
  /** Parts of that incident over all runs, this one included. */
  parts: number;
}

export interface PlacementInput<Part extends ExistingPart> {
  diagnosis: Pick<Diagnosis, 'class' | 'fingerprint'>;
  /** Parts of this run that no current diagnosis of the run has the fingerprint of. */
  orphans: readonly Part[];
  /** The part of this run that has the diagnosis's fingerprint. */
  own: Part | null;
  /** The project's incident that the fingerprint leads to, where this run has no other part. */
  known: { home: string; incidentId: string } | null;
  /** Classes whose incidents in the same run are symptoms of this diagnosis (failure.yaml). */
  absorbs: readonly string[];
}

export type Placement =
  | { kind: 'open'; reason: 'new-failure' | 'refined-away-from-group' }
  | {
      kind: 'update';
      home: string;
      incidentId: string;
      reason: 'same-fingerprint' | 'refined' | 'known-fingerprint';
    };

export interface PlacementDecision<Part extends ExistingPart> {
  placement: Placement;
  /** Parts of this run that the diagnosis takes the place of. */
  superseded: Part[];
  /** Incidents that consisted of such parts only: they end in this one. */
  merge: string[];
  /** Incidents that go on without them. */
  leave: string[];
}

/**
 * A diagnosis grows while its run is observed (tensors first, the trace last), and with it its fingerprint. The incident stays one:
 * - same fingerprint as before: update it;
 * - a fingerprint that the project knows: join that incident; what the run had opened alone before ends in it;
 * - otherwise a refinement of what the run had opened alone: that incident takes the new fingerprint;
 * - a run that shared an incident with others and is now told apart leaves it and opens its own.
 */
export function placeDiagnosis<Part extends ExistingPart>(input: PlacementInput<Part>): PlacementDecision<Part> {
  const superseded = input.orphans.filter(
    (part) => part.class === input.diagnosis.class || part.class === 'unknown' || input.absorbs.includes(part.class),
  );
  const incidents = [...new Set(superseded.map((part) => part.incidentId))];
  const isAlone = (id: string) => {
    const own = superseded.filter((part) => part.incidentId === id);
    return own[0]?.parts === own.length;
  };
  const alone = incidents.filter(isAlone);
  const shared = incidents.filter((id) => !alone.includes(id));
  const decide = (placement: Placement): PlacementDecision<Part> => {
    const kept = placement.kind === 'update' ? placement.incidentId : null;
    return {
      placement,
      superseded,
      merge: alone.filter((id) => id !== kept),
      leave: shared.filter((id) => id !== kept),
    };
  };

  if (input.own) {
    const { home, incidentId } = input.own;
    return decide({ kind: 'update', home, incidentId, reason: 'same-fingerprint' });
  }
  if (input.known) {
    const reason = alone.includes(input.known.incidentId) ? 'refined' : 'known-fingerprint';
    return decide({ kind: 'update', ...input.known, reason });
  }
  const refined = superseded.find((part) => alone.includes(part.incidentId));
  if (refined) {
    const { home, incidentId } = refined;
    return decide({ kind: 'update', home, incidentId, reason: 'refined' });
  }
  return decide({ kind: 'open', reason: shared.length > 0 ? 'refined-away-from-group' : 'new-failure' });
}
