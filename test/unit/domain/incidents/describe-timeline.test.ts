import { describe, expect, it } from 'vitest';
import { changeReasons, timelineKinds } from '../../../../src/contracts/incidents.ts';
import { describeTimeline } from '../../../../src/domain/incidents/describe-timeline.ts';

const data = {
  run: 'r1',
  runs: ['r1', 'r2'],
  steps: 500,
  class: 'loss-nan',
  cause: 'numeric-overflow',
  from: 'a',
  to: 'b',
  into: 'inc_2',
  until: '2026-11-03T00:00:00.000Z',
  text: '看过了 seen',
  occurrences: 2,
  remediation: 'lower-learning-rate',
  count: 12,
  limit: 10,
  commit: 'abc123',
};

describe('describeTimeline', () => {
  it.each(timelineKinds)('has a sentence for %s in both languages and for every reason, without holes', (kind) => {
    for (const reason of changeReasons) {
      for (const locale of ['en', 'zh'] as const) {
        const sentence = describeTimeline({ kind, reason, data }, locale);
        expect(sentence.length).toBeGreaterThan(1);
        expect(sentence).not.toMatch(/undefined|null|\[object/);
      }
    }
  });

  it('speaks Chinese in Chinese', () => {
    expect(describeTimeline({ kind: 'resolved', reason: 'by-hand', data: {} }, 'zh')).toBe('已解决');
  });

  it('says why an incident was resolved by itself, and what a person said', () => {
    const recovered = { kind: 'resolved', reason: 'recovered', data } as const;
    expect(describeTimeline(recovered, 'en')).toBe('Resolved by itself: r1, r2 went on for 500 steps without it');
    const said = { kind: 'acknowledged', reason: 'by-hand', data: { note: 'looking' } } as const;
    expect(describeTimeline(said, 'en')).toBe('Acknowledged (looking)');
  });

  it('says until when an incident is muted', () => {
    const muted = (more: object) => ({ kind: 'muted', reason: 'by-hand', data: { ...more } }) as const;
    expect(describeTimeline(muted({ kind: 'until-worse', per_hour: 20, per_1000_steps: null }), 'en')).toBe(
      'Muted until it gets worse: more than 20 occurrences in an hour, or a higher severity',
    );
    expect(describeTimeline(muted({ kind: 'until-new-run' }), 'en')).toBe('Muted until another run shows it');
    expect(describeTimeline(muted({ kind: 'until', until: data.until }), 'en')).toBe(`Muted until ${data.until}`);
  });
});
