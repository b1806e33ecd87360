// Confidence in words and percent.
import { describe, expect, it } from 'vitest';
import { confidencePercent, confidenceWord } from '../../../web/src/confidence.ts';

describe('confidenceWord', () => {
  it.each([
    [1, 'veryLikely'],
    [0.9, 'veryLikely'],
    [0.899, 'likely'],
    [0.7, 'likely'],
    [0.699, 'possible'],
    [0.4, 'possible'],
    [0.399, 'unlikely'],
    [0.15, 'unlikely'],
    [0.149, 'veryUnlikely'],
    [0, 'veryUnlikely'],
  ])('calls %f %s', (confidence, word) => {
    expect(confidenceWord(confidence)).toBe(word);
  });
});

describe('confidencePercent', () => {
  it('rounds to whole percent', () => {
    expect(confidencePercent(0.944)).toBe(94);
    expect(confidencePercent(0.555)).toBe(56);
  });

  it('never claims certainty, of either kind', () => {
    expect(confidencePercent(0.9999)).toBe(99);
    expect(confidencePercent(1)).toBe(99);
    expect(confidencePercent(0.0001)).toBe(1);
    expect(confidencePercent(0)).toBe(1);
  });
});
