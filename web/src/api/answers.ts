// The answers this dashboard reads, as types of the schemas in src/contracts (types only: no schema code reaches the browser).
import type { Static } from 'typebox';
import type * as health from '../../../src/contracts/health.ts';
import type * as incidents from '../../../src/contracts/incidents.ts';
import type * as runs from '../../../src/contracts/runs.ts';

export type Incident = Static<typeof incidents.Incident>;
export type IncidentSummary = Static<typeof incidents.IncidentSummary>;
export type IncidentPage = Static<typeof incidents.IncidentPage>;
export type EvidenceItem = Static<typeof incidents.EvidenceItem>;
export type Run = Static<typeof runs.Run>;
export type RunPage = Static<typeof runs.RunPage>;
export type Readiness = Static<typeof health.Readiness>;
export type System = Static<typeof health.System>;
export type WorkerState = Static<typeof health.WorkerState>;
export type { Session } from '../../../src/contracts/sessions.ts';
