// What people said of remediations: one say per person, incident and remediation; a later one replaces it.
import type { Tx } from './client.ts';

export interface Feedback {
  incidentId: string;
  remediationId: string;
  actor: string;
  class: string;
  causeId: string;
  worked: boolean;
  at: Date;
}

export async function saveFeedback(tx: Tx, feedback: Feedback): Promise<void> {
  const { incidentId, remediationId, actor, ...said } = feedback;
  await tx.remediationFeedback.upsert({
    where: { incidentId_remediationId_actor: { incidentId, remediationId, actor } },
    create: feedback,
    update: said,
  });
}

export interface OutcomeCount {
  class: string;
  causeId: string;
  remediationId: string;
  worked: number;
  failed: number;
}

/** Counts over all incidents, of one failure class or of all. */
export async function countOutcomes(tx: Tx, failureClass: string | null): Promise<OutcomeCount[]> {
  return tx.$queryRaw`
    SELECT class, cause_id AS "causeId", remediation_id AS "remediationId", count(*) FILTER (WHERE worked)::int AS worked,
      count(*) FILTER (WHERE NOT worked)::int AS failed
    FROM remediation_feedback WHERE ${failureClass}::text IS NULL OR class = ${failureClass} GROUP BY 1, 2, 3`;
}
