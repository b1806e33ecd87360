import type { Diagnosis } from '../../src/domain/diagnosis/types.ts';
import type { RunScope } from '../../src/domain/incidents/run-scope.ts';
import type { IncidentRecord, PlacedPart } from '../../src/domain/incidents/types.ts';

/** A diagnosis as the tests of incidents need it; every field can be overridden. */
export function makeDiagnosis(overrides: Partial<Diagnosis> = {}): Diagnosis {
  return {
    class: 'target-out-of-bound',
    confidence: 0.95,
    severity: 'critical',
    exception: null,
    causes: [{ id: 'paddle-masked-select-gpu', confidence: 0.9, evidence: [] }],
    remediations: [],
    alternatives: [],
    rules: [],
    matched: [],
    facts: {},
    fingerprint: 'v1:aaaa',
    fingerprintParts: { class: 'target-out-of-bound' },
    ...overrides,
  };
}

export function makeIncident(overrides: Partial<IncidentRecord> = {}): IncidentRecord {
  return {
    id: 'inc_1',
    project: 'default',
    state: 'open',
    regressed: false,
    severity: 'critical',
    severitySetBy: null,
    fingerprint: 'v1:aaaa',
    diagnosis: makeDiagnosis(),
    firstSeenAt: new Date('2026-11-01T00:00:00Z'),
    lastSeenAt: new Date('2026-11-01T00:00:00Z'),
    firstStep: 0,
    lastStep: 1,
    occurrences: 1,
    assignee: null,
    assigneeSetBy: null,
    mute: null,
    resolution: null,
    ...overrides,
  };
}

export const noScope: RunScope = { commit: null, dataset: null, framework: null, config: null };

export function makePart(overrides: Partial<PlacedPart> = {}): PlacedPart {
  return {
    home: 'inc_1',
    runId: 'r1',
    diagnosis: makeDiagnosis(),
    evidence: [],
    captures: 0,
    metrics: 0,
    traces: 1,
    firstStep: null,
    lastStep: null,
    observedAt: new Date('2026-11-02T12:00:00Z'),
    scope: noScope,
    ...overrides,
  };
}
