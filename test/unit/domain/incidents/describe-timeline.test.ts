import { describe, expect, it } from 'vitest';
import { timelineKinds } from '../../../../src/contracts/incidents.ts';
import { describeTimeline } from '../../../../src/domain/incidents/describe-timeline.ts';

const data = {
  run: 'r1',
  class: 'loss-nan',
  cause: 'numeric-overflow',
  from: 'a',
  to: 'b',
  until: null,
  text: '看过了 seen',
  occurrences: 2,
};

describe('describeTimeline', () => {
  it.each(timelineKinds)('has a sentence for %s in both languages, without holes', (kind) => {
    for (const locale of ['en', 'zh'] as const) {
      const sentence = describeTimeline({ kind, data }, locale);
      expect(sentence.length).toBeGreaterThan(1);
      expect(sentence).not.toMatch(/undefined|null|\[object/);
    }
  });

  it('speaks Chinese in Chinese', () => {
    expect(describeTimeline({ kind: 'resolved', data: {} }, 'zh')).toBe('已解决');
  });
});
