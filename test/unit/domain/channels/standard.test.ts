import { describe, expect, it } from 'vitest';
import type { Incident } from '../../../../src/contracts/incidents.ts';
import { webhookFormats } from '../../../../src/contracts/webhooks.ts';
import { channels } from '../../../../src/domain/channels/index.ts';

const at = new Date('2026-11-02T12:00:00.000Z');

function incident(overrides: Partial<Incident> = {}): Incident {
  return {
    id: 'inc_1',
    state: 'open',
    regressed: false,
    severity: 'critical',
    class: 'target-out-of-bound',
    confidence: 0.97,
    title: 'Target out of bound',
    cause: null,
    runs: ['r1'],
    project: 'default',
    first_seen_at: at.toISOString(),
    last_seen_at: at.toISOString(),
    first_step: 0,
    last_step: 1,
    occurrences: 1,
    fingerprint: 'v1:a',
    assignee: null,
    muted_until: null,
    mute: null,
    resolved_by: null,
    merged_from: [],
    summary: '',
    causes: [],
    remediations: [],
    alternatives: [],
    rules: [],
    exception: null,
    matched: [],
    grouped_by: '',
    evidence: [],
    timeline: [],
    ...overrides,
  };
}

function build(subject: Incident) {
  const alert = {
    event: 'incident.opened' as const,
    at: at.toISOString(),
    subject: { kind: 'incident' as const, incident: subject, url: 'http://h/incidents/inc_1' },
  };
  const body = channels.standard.compose({ alerts: [alert], locale: 'en', listUrl: 'http://h/incidents' }, {}).body;
  return { body, parsed: JSON.parse(body) };
}

describe('the standard channel', () => {
  it('has the body of Standard Webhooks: type, timestamp, data', () => {
    const { parsed } = build(incident());
    expect(parsed).toMatchObject({
      type: 'incident.opened',
      timestamp: at.toISOString(),
      data: { incident: { id: 'inc_1' }, url: 'http://h/incidents/inc_1' },
    });
  });

  it('stays below 20 kB however much evidence there is, and tears no character', () => {
    const text = '训练崩溃😀'.repeat(2_000);
    const many = Array.from({ length: 500 }, () => ({ kind: 'trace', text, data: {}, ref: null }));
    const frames = Array.from({ length: 200 }, () => ({ file: 'a.py', line: 1, function: 'f', in_app: true }));
    const { body, parsed } = build(
      incident({ evidence: many, exception: { type: 'E', message: text, frames }, runs: Array(5_000).fill('run') }),
    );
    expect(new TextEncoder().encode(body).length).toBeLessThan(20_000);
    expect(parsed.data.incident.evidence[0].text).not.toMatch(/\ud83d$/);
    expect(body).not.toContain('\ufffd');
  });

  it.each([
    [200, 'delivered'],
    [204, 'delivered'],
    [299, 'delivered'],
    [301, 'retry'],
    [400, 'retry'],
    [404, 'retry'],
    [410, 'disable'],
    [429, 'retry'],
    [500, 'retry'],
    [503, 'retry'],
  ] as const)('takes status %i for %s', (status, verdict) => {
    const answer = { status, text: '', headers: {}, retryAfterMs: null };
    expect(channels.standard.judge(answer).kind).toBe(verdict);
  });

  it('exists for every format of the contract that is built', () => {
    expect(Object.keys(channels).sort()).toEqual([...webhookFormats].sort());
  });
});
