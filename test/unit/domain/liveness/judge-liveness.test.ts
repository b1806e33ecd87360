import { describe, expect, it } from 'vitest';
import { judgeLiveness, patienceWith, type RunSigns } from '../../../../src/domain/liveness/judge-liveness.ts';

const start = Date.parse('2026-11-23T12:00:00Z');
const at = (seconds: number) => new Date(start + 1000 * seconds);
const longAgo = at(-86_400);
const run = (signs: Partial<RunSigns>): RunSigns => ({
  ...{ status: 'running', phase: null, expectNextAt: null, lastSeenAt: at(0), heardCount: 100, longestGapMs: 1_000 },
  ...signs,
});
const stalledAt = (signs: Partial<RunSigns>, seconds: number, listeningSince = longAgo) =>
  judgeLiveness(run(signs), { now: at(seconds), listeningSince });

describe('judgeLiveness', () => {
  it.each<[string, Partial<RunSigns>, number, string]>([
    ['a promise of 10 s', { expectNextAt: at(10) }, 15, 'promised'],
    ['a promise of an hour, with a grace of 5 minutes', { expectNextAt: at(3600) }, 3900, 'promised'],
    ['steps that come every second', {}, 60, 'learned'],
    ['an evaluation of 100 s every now and then', { longestGapMs: 100_000 }, 400, 'learned'],
    ['a named evaluation', { phase: 'evaluation' }, 900, 'evaluating'],
    ['a named checkpoint', { phase: 'saving checkpoint' }, 900, 'saving'],
    ['a run that has not begun', { heardCount: 0, longestGapMs: 0 }, 1200, 'starting'],
    ['a run that was hardly heard of', { heardCount: 3 }, 1800, 'unknown'],
    ['a promise that was kept', { expectNextAt: at(-5) }, 60, 'learned'],
  ])('%s: stalled after its patience and not before', (_, signs, seconds, reason) => {
    expect(stalledAt(signs, seconds - 1)).toBeNull();
    expect(stalledAt(signs, seconds)).toBeNull();
    expect(stalledAt(signs, seconds + 1)).toMatchObject({ reason, deadline: at(seconds) });
  });

  it.each(['finished', 'failed', 'stalled'])('a run that is %s cannot stall', (status) => {
    expect(stalledAt({ status }, 1e6)).toBeNull();
  });

  it('gives every run its patience anew after nobody listened', () => {
    expect(stalledAt({}, 3_600, at(3_590))).toBeNull();
    expect(stalledAt({ expectNextAt: at(10) }, 3_600, at(3_598))).toBeNull();
    expect(stalledAt({}, 3_651, at(3_590))).not.toBeNull();
  });

  it('says the grace beyond what was promised', () => {
    expect(patienceWith(run({ expectNextAt: at(100) }), longAgo).graceMs).toBe(25_000);
  });
});
