import { describe, expect, it } from 'vitest';
import { applyPatch, type IncidentEdit } from '../../../../src/domain/incidents/apply-patch.ts';
import type { IncidentRecord } from '../../../../src/domain/incidents/types.ts';
import { makeIncident } from '../../../support/diagnosis.ts';

const now = new Date('2026-11-02T12:00:00Z');
const later = new Date('2026-11-03T00:00:00Z');

const rows: {
  name: string;
  before: Partial<IncidentRecord>;
  edit: IncidentEdit;
  kinds: string[];
  events: string[];
  after: Partial<IncidentRecord>;
}[] = [
  {
    name: 'OPEN -> ACKNOWLEDGED',
    before: {},
    edit: { state: 'acknowledged' },
    kinds: ['acknowledged'],
    events: ['incident.acknowledged'],
    after: { state: 'acknowledged' },
  },
  {
    name: 'OPEN -> RESOLVED',
    before: { regressed: true },
    edit: { state: 'resolved' },
    kinds: ['resolved'],
    events: ['incident.resolved'],
    after: { state: 'resolved', resolvedAt: now, regressed: false },
  },
  {
    name: 'RESOLVED -> OPEN',
    before: { state: 'resolved', resolvedAt: now },
    edit: { state: 'open' },
    kinds: ['reopened'],
    events: ['incident.updated'],
    after: { state: 'open', resolvedAt: null },
  },
  {
    name: 'ACKNOWLEDGED -> ACKNOWLEDGED: silent',
    before: { state: 'acknowledged' },
    edit: { state: 'acknowledged' },
    kinds: [],
    events: [],
    after: {},
  },
  {
    name: 'assigning tells the timeline only',
    before: {},
    edit: { assignee: 'lin' },
    kinds: ['assigned'],
    events: [],
    after: { assignee: 'lin' },
  },
  {
    name: 'a severity set by hand is remembered as such',
    before: {},
    edit: { severity: 'info' },
    kinds: ['severity-set'],
    events: ['incident.updated'],
    after: { severity: 'info', severitySetBy: 'wang' },
  },
  {
    name: 'muting silences the change it comes with',
    before: {},
    edit: { mutedUntil: later, state: 'acknowledged' },
    kinds: ['muted', 'acknowledged'],
    events: [],
    after: { mutedUntil: later },
  },
  {
    name: 'unmuting',
    before: { mutedUntil: later },
    edit: { mutedUntil: null },
    kinds: ['muted'],
    events: [],
    after: { mutedUntil: null },
  },
  { name: 'nothing given: nothing changes', before: {}, edit: {}, kinds: [], events: [], after: {} },
];

describe('applyPatch', () => {
  it.each(rows)('$name', ({ before, edit, kinds, events, after }) => {
    const change = applyPatch(makeIncident(before), edit, 'wang', now);
    expect(change.timeline.map((entry) => entry.kind)).toEqual(kinds);
    expect(change.timeline.every((entry) => entry.actor === 'wang' && entry.at === now)).toBe(true);
    expect(change.events).toEqual(events);
    expect(change.next).toMatchObject(after);
  });
});
