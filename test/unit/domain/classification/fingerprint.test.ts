import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normaliseMessage } from '../../../../src/domain/classification/normalise-message.ts';
import { diagnose } from '../../../../src/domain/diagnosis/diagnose.ts';
import type { DiagnosisInput } from '../../../../src/domain/diagnosis/types.ts';
import { parseText } from '../../../../src/domain/parsing/parse-text.ts';
import { boundTrace, catalog, context, corrupted, exception, paddle, parsed } from '../diagnosis/run-evidence.ts';

function fingerprint(text: DiagnosisInput['text'], parts: Partial<DiagnosisInput> = {}): string | undefined {
  return diagnose({ text, findings: [], captures: null, context: context(), ...parts }, catalog)?.fingerprint;
}

describe('the fingerprint', () => {
  it('carries its version and 128 bits', () => {
    expect(fingerprint(boundTrace(-1))).toMatch(/^v2:[0-9a-f]{32}$/);
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

describe('the fingerprint, over everything that differs between occurrences', () => {
  const word = fc.constantFrom('data', 'run', 'models', 'a b', 'x_1');
  const path = fc.oneof(
    fc.array(word, { minLength: 1, maxLength: 5 }).map((parts) => `/${parts.join('/')}/train.py`),
    fc.array(word, { minLength: 1, maxLength: 5 }).map((parts) => `D:\\${parts.join('\\')}\\train.py`),
  );
  const shape = fc.array(fc.nat(4096), { minLength: 1, maxLength: 5 }).map((sizes) => `[${sizes.join(', ')}]`);
  const occurrence = fc.record({
    path,
    shape,
    address: fc.nat(2 ** 31).map((n) => `0x7f${n.toString(16)}`),
    rank: fc.nat(63),
    pid: fc.integer({ min: 1, max: 4_194_304 }),
    line: fc.integer({ min: 1, max: 5_000 }),
    library: fc.integer({ min: 1, max: 5_000 }),
  });
  type Occurrence = typeof occurrence extends fc.Arbitrary<infer T> ? T : never;
  const textOf = ({ path: file, shape: size, address, rank, pid, line, library }: Occurrence) =>
    parseText(
      [
        `[rank${rank}]: Traceback (most recent call last):`,
        `[rank${rank}]:   File "${file}", line ${line}, in main`,
        `[rank${rank}]:     model(batch)`,
        `[rank${rank}]:   File "/opt/env/lib/python3.10/site-packages/torch/nn/modules/module.py", line ${library}, in _call_impl`,
        `[rank${rank}]:     return forward_call(*args)`,
        `[rank${rank}]: WidgetError: bad batch ${size} at ${address} in pid ${pid} on rank ${rank}`,
      ].join('\n'),
      catalog.formats,
    );

  it('is one for paths, addresses, pids, ranks, line numbers and shapes', () => {
    fc.assert(
      fc.property(occurrence, occurrence, (a, b) => {
        expect(fingerprint(textOf(a))).toBe(fingerprint(textOf(b)));
      }),
      { numRuns: 60 },
    );
  });

  it('is another for every other kind of N, whether or not a cause is confident', () => {
    const small = fc.integer({ min: -1000, max: 1000 }).map(String);
    const packed = fc
      .tuple(fc.float({ min: 0.5, max: 64, noNaN: true }), fc.float({ min: 0.5, max: 64, noNaN: true }))
      .map(packFloats);
    const runs = fc.constantFrom(context(), paddle('2.3.2', 'windows'), paddle('2.6.1', 'linux'));
    fc.assert(
      fc.property(small, packed, runs, (a, b, known) => {
        expect(fingerprint(boundTrace(a), { context: known })).not.toBe(fingerprint(boundTrace(b), { context: known }));
      }),
      { numRuns: 60 },
    );
  });
});

/** Two float32 side by side, read as one int64. */
function packFloats([low, high]: [number, number]): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat32(0, low, true);
  view.setFloat32(4, high, true);
  return String(view.getBigInt64(0, true));
}

describe('normaliseMessage', () => {
  it.each([
    ['size 12 vs 13 at 0x7f3a', 'size 999 vs -1.5e3 at 0xdead'],
    ['cannot open /home/ann/a.txt', 'cannot open /mnt/data/b/c.txt'],
    ['cannot open C:\\data\\a.txt', 'cannot open D:\\b.txt'],
    ['[Rank 3] pid 812 failed', '[Rank 0] pid 77 failed'],
    ['connect 10.0.0.1:80 refused', 'connect 192.168.7.9:29500 refused'],
    ['got (8, 3, 640, 640)', 'got (16, 3, 512, 512)'],
    ['needs 2.00 GiB', 'needs 512 MiB'],
    ['blob 3fa85f64a0b1', 'blob 09bc12deadbe'],
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
