import { describe, expect, it } from 'vitest';
import type { DflRecomputation } from '../../../../src/contracts/dfl.ts';
import { type BackendCandidate, backendCandidates } from '../../../../src/kernels/dfl/backends.ts';
import { openDflEngine } from '../../../../src/kernels/dfl/choose-backend.ts';
import type { DflBackend } from '../../../../src/kernels/dfl/contract.ts';
import { recomputeReference } from '../../../../src/kernels/dfl/reference.ts';

/** A backend that answers with the reference, changed by `distort`. */
function fakeCandidate(
  name: DflBackend['name'],
  distort: (result: DflRecomputation) => DflRecomputation,
  closed: string[] = [],
): BackendCandidate {
  return {
    name,
    open: async () => ({
      name,
      device: `${name} device`,
      recompute: async (inputs) => inputs.map(recomputeReference).map(distort),
      close: async () => void closed.push(name),
    }),
  };
}
const honest = (result: DflRecomputation) => result;

const now = () => new Date('2026-11-25T12:00:00Z');

/** The cpu backend itself behind two that this machine does not have. */
const onlyCpu: BackendCandidate[] = [
  { name: 'tensorflow', open: () => Promise.reject(new Error('not installed')) },
  { name: 'webgpu', open: () => Promise.reject(new Error('no adapter')) },
  ...backendCandidates.filter(({ name }) => name === 'cpu'),
];

/** Opens an engine, closes it and gives what it had chosen. */
async function choose(requested: Parameters<typeof openDflEngine>[0], candidates?: readonly BackendCandidate[]) {
  const engine = await openDflEngine(requested, { now }, candidates);
  await engine.close();
  return engine.choice();
}

describe('openDflEngine', () => {
  it('takes the cpu for auto and says why not the others', async () => {
    const choice = await choose('auto', onlyCpu);
    expect(choice).toEqual({
      requested: 'auto',
      chosen: 'cpu',
      device: expect.stringMatching(/thread/),
      rejected: [
        { backend: 'tensorflow', reason: 'not installed' },
        { backend: 'webgpu', reason: 'no adapter' },
      ],
      failures: [],
    });
  });

  it('takes the requested backend without trying the others', async () => {
    expect(await choose('cpu')).toMatchObject({ requested: 'cpu', chosen: 'cpu', rejected: [] });
  });

  it('lists all backends, best first', () => {
    expect(backendCandidates.map(({ name }) => name)).toEqual(['tensorflow', 'webgpu', 'cpu']);
  });

  it('does not replace a backend that was asked for', async () => {
    await expect(choose('webgpu', onlyCpu)).rejects.toThrow(
      'requested webgpu). webgpu: no adapter. Set LOSSWATCH_DFL_BACKEND=auto',
    );
  });

  it.each<{ fault: string; distort: (result: DflRecomputation) => DflRecomputation; says: RegExp }>([
    {
      fault: 'a loss off by a millionth',
      distort: (r) => ({ ...r, lossDflValid: r.lossDflValid && r.lossDflValid * 1.00001 }),
      says: /lossDflValid is/,
    },
    { fault: 'a missing count', distort: (r) => ({ ...r, aboveRange: 0 }), says: /aboveRange is 0, expected/ },
    {
      fault: 'a number where null is right',
      distort: (r) => ({ ...r, lossDfl: r.lossDfl ?? 0 }),
      says: /lossDfl is 0, expected null/,
    },
    { fault: 'a lost offender', distort: (r) => ({ ...r, offenders: r.offenders.slice(1) }), says: /offenders is/ },
    {
      fault: 'an exception',
      distort: () => {
        throw new Error('device lost');
      },
      says: /device lost/,
    },
  ])('sets a backend with $fault aside, closed, and takes the next', async ({ distort, says }) => {
    const closed: string[] = [];
    const candidates = [fakeCandidate('webgpu', distort, closed), fakeCandidate('cpu', honest, closed)];
    const choice = await choose('auto', candidates);
    expect(choice).toMatchObject({ chosen: 'cpu', device: 'cpu device', rejected: [{ backend: 'webgpu' }] });
    expect(choice.rejected[0]?.reason).toMatch(says);
    expect(closed).toEqual(['webgpu', 'cpu']);
  });

  it('keeps the reason of a backend that does not open', async () => {
    const failing: BackendCandidate = {
      name: 'tensorflow',
      open: () => Promise.reject(new Error('libtensorflow is not installed')),
    };
    const choice = await choose('auto', [failing, fakeCandidate('cpu', honest)]);
    expect(choice.rejected).toEqual([{ backend: 'tensorflow', reason: 'libtensorflow is not installed' }]);
  });

  it('throws with every reason when none is usable', async () => {
    const fail = (name: 'webgpu' | 'cpu', reason: string): BackendCandidate => {
      return { name, open: () => Promise.reject(new Error(reason)) };
    };
    await expect(choose('auto', [fail('webgpu', 'no adapter'), fail('cpu', 'no threads')])).rejects.toThrow(
      'webgpu: no adapter; cpu: no threads',
    );
  });
});
