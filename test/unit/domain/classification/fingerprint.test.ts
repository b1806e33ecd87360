import { describe, expect, it } from 'vitest';
import { normaliseMessage } from '../../../../src/domain/classification/normalise-message.ts';
import { diagnose } from '../../../../src/domain/diagnosis/diagnose.ts';
import type { DiagnosisInput } from '../../../../src/domain/diagnosis/types.ts';
import { boundTrace, catalog, context, corrupted, exception, paddle, parsed } from '../diagnosis/run-evidence.ts';

function fingerprint(text: DiagnosisInput['text'], parts: Partial<DiagnosisInput> = {}): string | undefined {
  return diagnose({ text, findings: [], captures: null, context: context(), ...parts }, catalog)?.fingerprint;
}

describe('the fingerprint', () => {
  it('carries its version and 128 bits', () => {
    expect(fingerprint(boundTrace(-1))).toMatch(/^v1:[0-9a-f]{32}$/);
  });

  it('does not change with line numbers', () => {
    expect(fingerprint(boundTrace(-1, 'lower', 294))).toBe(fingerprint(boundTrace(-1, 'lower', 331)));
  });

  it('tells kinds of N apart while the cause is open', () => {
    const doubtful = { context: paddle('2.6.1', 'linux') };
    const kinds = ['-3', '28', '4294967296', '9100000000000000001'].map((n) => fingerprint(boundTrace(n), doubtful));
    expect(new Set(kinds).size).toBe(4);
    expect(fingerprint(boundTrace(28), doubtful)).toBe(fingerprint(boundTrace(60), doubtful));
  });

  it('does not tell kinds of N apart once the tensors showed one cause for all of them', () => {
    const parts = { captures: corrupted, context: paddle('2.3.2') };
    expect(fingerprint(boundTrace(460), parts)).toBe(fingerprint(boundTrace(-37), parts));
  });

  it('tells causes, exception types and messages apart', () => {
    const values = [
      fingerprint(boundTrace(28), { captures: corrupted, context: paddle('2.3.2') }),
      fingerprint(boundTrace(28), { context: paddle('2.6.1', 'linux') }),
      fingerprint(parsed(exception('KeyError', 'bbox'))),
      fingerprint(parsed(exception('IndexError', 'bbox'))),
      fingerprint(parsed(exception('IndexError', 'label'))),
    ];
    expect(new Set(values).size).toBe(values.length);
  });
});

describe('normaliseMessage', () => {
  it.each([
    ['size 12 vs 13 at 0x7f3a', 'size 999 vs -1.5e3 at 0xdead'],
    ['cannot open /home/ann/a.txt', 'cannot open /mnt/data/b/c.txt'],
    ['cannot open C:\\data\\a.txt', 'cannot open D:\\b.txt'],
    ['[Rank 3] pid 812 failed', '[Rank 0] pid 77 failed'],
    ['connect 10.0.0.1:80 refused', 'connect 192.168.7.9:29500 refused'],
  ])('makes %j and %j equal', (a, b) => {
    expect(normaliseMessage(a)).toBe(normaliseMessage(b));
  });
  it('keeps the words', () => {
    expect(normaliseMessage('lower bound')).not.toBe(normaliseMessage('upper bound'));
  });
  it('answers at once for a long hostile message', () => {
    expect(normaliseMessage(`${'/a '.repeat(100_000)}!`).length).toBeLessThanOrEqual(300);
  });
});
