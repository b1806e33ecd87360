import { describe, expect, it } from 'vitest';
import {
  applyDiagnosis,
  type IncomingDiagnosis,
  openIncident,
} from '../../../../src/domain/incidents/apply-diagnosis.ts';
import type { IncidentRecord } from '../../../../src/domain/incidents/types.ts';
import { makeDiagnosis, makeIncident } from '../../../support/diagnosis.ts';

const now = new Date('2026-11-02T12:00:00Z');
const later = new Date('2026-11-03T00:00:00Z');

function incoming(overrides: Partial<IncomingDiagnosis> = {}): IncomingDiagnosis {
  return {
    diagnosis: makeDiagnosis(),
    occurrences: 1,
    firstStep: 0,
    lastStep: 1,
    seenAt: now,
    runId: 'r1',
    ...overrides,
  };
}

describe('openIncident', () => {
  it('opens with the diagnosis severity, one timeline entry and one event', () => {
    const { next, timeline, events } = openIncident('inc_9', 'default', incoming({ occurrences: 3 }), now);
    expect(next).toMatchObject({
      id: 'inc_9',
      state: 'open',
      severity: 'critical',
      occurrences: 3,
      regressed: false,
      firstSeenAt: now,
    });
    expect(timeline.map((entry) => entry.kind)).toEqual(['opened']);
    expect(events).toEqual(['incident.opened']);
  });
});

const otherCause = makeDiagnosis({
  causes: [{ id: 'num-classes-too-small', confidence: 0.7, evidence: [] }],
  fingerprint: 'v1:bbbb',
});
const rows: {
  name: string;
  before: Partial<IncidentRecord>;
  given: Partial<IncomingDiagnosis>;
  kinds: string[];
  events: string[];
  after: Partial<IncidentRecord>;
}[] = [
  {
    name: 'the same again: silent',
    before: {},
    given: {},
    kinds: [],
    events: [],
    after: { state: 'open', occurrences: 1 },
  },
  {
    name: 'open, happened again: the count and last_seen_at only',
    before: {},
    given: { occurrences: 40, lastStep: 7 },
    kinds: [],
    events: [],
    after: { occurrences: 40, lastStep: 7, lastSeenAt: now },
  },
  {
    name: 'another run joins: told, the incident stays as it is',
    before: { state: 'acknowledged' },
    given: { occurrences: 2, joins: true, runId: 'r2' },
    kinds: ['run-joined'],
    events: ['incident.updated'],
    after: { state: 'acknowledged', occurrences: 2 },
  },
  {
    name: 'another run joins a resolved one: that is a regression, told once',
    before: { state: 'resolved' },
    given: { occurrences: 2, joins: true, runId: 'r2' },
    kinds: ['run-joined', 'regressed'],
    events: ['incident.regressed'],
    after: { state: 'open', regressed: true },
  },
  {
    name: 'acknowledged, happened again: stays acknowledged',
    before: { state: 'acknowledged' },
    given: { occurrences: 2 },
    kinds: [],
    events: [],
    after: { state: 'acknowledged', occurrences: 2 },
  },
  {
    name: 'resolved, nothing new: stays resolved',
    before: { state: 'resolved', resolvedAt: now },
    given: {},
    kinds: [],
    events: [],
    after: { state: 'resolved', regressed: false },
  },
  {
    name: 'resolved, happened again: open and regressed',
    before: { state: 'resolved', resolvedAt: now },
    given: { occurrences: 2 },
    kinds: ['regressed'],
    events: ['incident.regressed'],
    after: { state: 'open', regressed: true, resolvedAt: null },
  },
  {
    name: 'another likeliest cause: refined and told',
    before: {},
    given: { diagnosis: otherCause },
    kinds: ['refined'],
    events: ['incident.updated'],
    after: { fingerprint: 'v1:bbbb' },
  },
  {
    name: 'another likeliest cause while resolved: refined, not told',
    before: { state: 'resolved' },
    given: { diagnosis: otherCause },
    kinds: ['refined'],
    events: [],
    after: { state: 'resolved' },
  },
  {
    name: 'severity rises with evidence',
    before: { severity: 'warning' },
    given: {},
    kinds: ['severity-raised'],
    events: ['incident.updated'],
    after: { severity: 'critical' },
  },
  {
    name: 'severity never falls with evidence',
    before: { severity: 'critical' },
    given: { diagnosis: makeDiagnosis({ severity: 'info' }) },
    kinds: [],
    events: [],
    after: { severity: 'critical' },
  },
  {
    name: 'a severity that a person set stays',
    before: { severity: 'info', severitySetBy: 'lin' },
    given: {},
    kinds: [],
    events: [],
    after: { severity: 'info' },
  },
  {
    name: 'muted: changes, but tells nobody',
    before: { state: 'resolved', mutedUntil: later },
    given: { occurrences: 2 },
    kinds: ['regressed'],
    events: [],
    after: { state: 'open', regressed: true },
  },
];

describe('applyDiagnosis', () => {
  it.each(rows)('$name', ({ before, given, kinds, events, after }) => {
    const change = applyDiagnosis(makeIncident(before), incoming(given), now);
    expect(change.timeline.map((entry) => entry.kind)).toEqual(kinds);
    expect(change.events).toEqual(events);
    expect(change.next).toMatchObject(after);
  });

  it('does not change the incident it was given', () => {
    const before = makeIncident({ state: 'resolved' });
    const copy = structuredClone(before);
    applyDiagnosis(before, incoming({ occurrences: 5, diagnosis: otherCause }), now);
    expect(before).toEqual(copy);
  });
});
