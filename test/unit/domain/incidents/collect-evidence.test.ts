import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../../src/contracts/findings.ts';
import { collectEvidence } from '../../../../src/domain/incidents/collect-evidence.ts';
import { makeDiagnosis } from '../../../support/diagnosis.ts';

function finding(overrides: Partial<Finding> = {}): Finding {
  return {
    id: 'dfl.selection-mismatch',
    version: 1,
    severity: 'critical',
    kind: 'capture',
    ref: 'cap_1',
    step: 3,
    rank: 0,
    data: { mismatched_rows: 4 },
    ...overrides,
  };
}

describe('collectEvidence', () => {
  it('shows three findings of a rule at most, each with the count of all', () => {
    const findings = [1, 2, 3, 4, 5].map((n) => finding({ ref: `cap_${n}` }));
    const evidence = collectEvidence('r1', makeDiagnosis(), findings, () => 5_000, []);
    expect(evidence.map((item) => item.ref)).toEqual(['cap_1', 'cap_2', 'cap_3']);
    expect(evidence[0]?.data).toMatchObject({ run: 'r1', step: 3, occurrences: 5_000, mismatched_rows: 4 });
  });

  it('brings the trace, and environment facts once however many causes they speak for', () => {
    const env = { signal: 'env.windows', weight: 1, data: { os: 'Windows 10' } };
    const capture = { signal: 'capture.selection-mismatch', weight: 4, data: {} };
    const diagnosis = makeDiagnosis({
      exception: {
        type: 'ValueError',
        message: 'Target -1 is out of lower bound',
        frames: [],
        lines: [0, 9],
        rank: 1,
        link: null,
      },
      causes: [
        { id: 'a', confidence: 0.8, evidence: [env, capture] },
        { id: 'b', confidence: 0.1, evidence: [env] },
      ],
    });
    const trace = { id: 'trc_1', step: 9, ranks: [0, 1], occurrences: 2 };
    const evidence = collectEvidence('r1', diagnosis, [], () => 1, [trace]);
    expect(evidence.map((item) => [item.kind, item.ref])).toEqual([
      ['trace', 'trc_1'],
      ['environment', null],
    ]);
    expect(evidence[0]?.data).toMatchObject({ type: 'ValueError', ranks: [0, 1], occurrences: 2 });
  });
});
