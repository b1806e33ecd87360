// The answers this dashboard reads, as types of the schemas in src/contracts (types only: no schema code reaches the browser).
import type { Static } from 'typebox';
import type * as capture from '../../../src/contracts/capture.ts';
import type * as findings from '../../../src/contracts/findings.ts';
import type * as health from '../../../src/contracts/health.ts';
import type * as incidents from '../../../src/contracts/incidents.ts';
import type * as runs from '../../../src/contracts/runs.ts';

export type { Overview, RunPulse } from '../../../src/contracts/overview.ts';
export type { Session } from '../../../src/contracts/sessions.ts';

export type Incident = Static<typeof incidents.Incident>;
export type IncidentSummary = Static<typeof incidents.IncidentSummary>;
export type IncidentPage = Static<typeof incidents.IncidentPage>;
export type EvidenceItem = Static<typeof incidents.EvidenceItem>;
export type Run = Static<typeof runs.Run>;
export type RunDetail = Static<typeof runs.RunAnswer>;
export type RunPage = Static<typeof runs.RunPage>;
export type Series = Static<typeof runs.SeriesAnswer>['series'][number];
export type SeriesAnswer = Static<typeof runs.SeriesAnswer>;
export type LogPage = Static<typeof runs.LogPage>;
export type LogLine = LogPage['items'][number];
export type LogSource = LogPage['sources'][number];
export type CaptureListItem = Static<typeof capture.CaptureListItem>;
export type CapturePage = Static<typeof capture.CapturePage>;
export type FindingAnswer = Static<typeof findings.FindingAnswer>;
export type FindingPage = Static<typeof findings.FindingPage>;
export type Readiness = Static<typeof health.Readiness>;
export type System = Static<typeof health.System>;
export type WorkerState = Static<typeof health.WorkerState>;
