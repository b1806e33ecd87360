import { describe, expect, it } from 'vitest';
import { countOccurrences, sumParts } from '../../../../src/domain/incidents/count-occurrences.ts';
import { makeDiagnosis, makePart as part } from '../../../support/diagnosis.ts';

describe('countOccurrences', () => {
  it('takes one crash seen by captures, metrics and the trace for one occurrence', () => {
    expect(countOccurrences({ captures: 1, metrics: 1, traces: 1 })).toBe(1);
  });
  it('counts what the most talkative kind of observation counts', () => {
    expect(countOccurrences({ captures: 3, metrics: 1, traces: 64 })).toBe(64);
  });
});

describe('sumParts', () => {
  it('adds the runs up and spans their steps', () => {
    const total = sumParts([
      part({ traces: 2, firstStep: 40, lastStep: 50 }),
      part({ runId: 'r2', captures: 3, firstStep: 7, lastStep: 9 }),
      part({ runId: 'r3', traces: 1 }),
    ]);
    expect(total).toMatchObject({ occurrences: 6, firstStep: 7, lastStep: 50 });
  });

  it('of no part is nothing', () => {
    expect(sumParts([])).toBeNull();
  });

  it('lets a trace with a confident cause speak for the incident, whatever the order of the runs', () => {
    const symptom = part({ diagnosis: makeDiagnosis({ class: 'selection-corrupted', confidence: 0.99 }) });
    const exception = {
      type: 'ValueError',
      message: 'x',
      frames: [],
      lines: [0, 1] as [number, number],
      rank: null,
      link: null,
    };
    const crash = part({ runId: 'r2', diagnosis: makeDiagnosis({ exception, confidence: 0.9 }) });
    expect(sumParts([symptom, crash])?.diagnosis.class).toBe('target-out-of-bound');
    expect(sumParts([crash, symptom])?.diagnosis.class).toBe('target-out-of-bound');
  });
});
