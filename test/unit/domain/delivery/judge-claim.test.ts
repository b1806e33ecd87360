import { describe, expect, it } from 'vitest';
import { type Claim, judgeClaim, leaseMs } from '../../../../src/domain/delivery/judge-claim.ts';
import { takeTurn } from '../../../../src/domain/delivery/rate-limit.ts';

const now = new Date('2026-11-23T12:00:00Z');
const at = (ms: number) => new Date(now.getTime() + ms);
interface Overrides {
  delivery?: Partial<Claim['delivery']>;
  endpoint?: Partial<Claim['endpoint']>;
  ahead?: Partial<Claim['ahead']>;
  rates?: Claim['rates'];
  merges?: boolean;
}
const judge = ({ delivery, endpoint, ahead, ...rest }: Overrides = {}) =>
  judgeClaim({
    now,
    rates: [],
    merges: false,
    ...rest,
    delivery: { attemptCount: 0, nextAttemptAt: now, claimedAt: null, held: false, ...delivery },
    endpoint: { isUsable: true, failingSince: null, pausedUntil: null, recentSends: [], ...endpoint },
    ahead: { sameIncident: false, untried: false, inFlight: 0, ...ahead },
  });
const rated = { rates: [{ count: 1, perMs: 1_000 }], merges: true };

describe('whether a delivery may be sent', () => {
  it.each<[why: string, given: Overrides, decision: object]>([
    ['it is due', {}, { kind: 'send', merge: false }],
    ['it is due in less than a second', { delivery: { nextAttemptAt: at(900) } }, { kind: 'send' }],
    ['it is not due', { delivery: { nextAttemptAt: at(1_100) } }, { kind: 'skip', reason: 'early' }],
    ['another worker has it', { delivery: { claimedAt: at(1 - leaseMs) } }, { kind: 'skip', reason: 'claimed' }],
    ['the worker that had it is gone', { delivery: { claimedAt: at(-leaseMs) } }, { kind: 'send' }],
    ['its endpoint is off', { endpoint: { isUsable: false } }, { kind: 'fail', reason: 'endpoint-off' }],
    ['an earlier event of the incident waits', { ahead: { sameIncident: true } }, { kind: 'queue', reason: 'order' }],
    ['another incident waits, and there is no rate', { ahead: { untried: true } }, { kind: 'send' }],
    [
      'another incident waits on a channel with a rate',
      { ...rated, ahead: { untried: true } },
      { kind: 'queue', reason: 'order' },
    ],
    [
      'a retry does not wait for those never tried',
      { ...rated, delivery: { attemptCount: 1 }, ahead: { untried: true } },
      { kind: 'send' },
    ],
    ['seven are under way', { ahead: { inFlight: 7 } }, { kind: 'send' }],
    ['eight are under way', { ahead: { inFlight: 8 } }, { kind: 'queue', reason: 'in-flight' }],
    [
      'one is under way to an endpoint that fails',
      { ahead: { inFlight: 1 }, endpoint: { failingSince: at(-1) } },
      { kind: 'queue', reason: 'in-flight' },
    ],
    [
      'one is under way on a channel with a rate',
      { ...rated, ahead: { inFlight: 1 } },
      { kind: 'queue', reason: 'in-flight' },
    ],
    [
      'the receiver asked for a pause',
      { endpoint: { pausedUntil: at(5_000) } },
      { kind: 'hold', reason: 'pause', until: at(5_000) },
    ],
    ['the pause is over', { endpoint: { pausedUntil: now } }, { kind: 'send' }],
    [
      'the rate is used up',
      { ...rated, endpoint: { recentSends: [at(-400).getTime()] } },
      { kind: 'hold', reason: 'rate', until: at(600) },
    ],
    ['it was held, so others are told with it', { ...rated, delivery: { held: true } }, { kind: 'send', merge: true }],
    [
      'it was held, but its message was tried already',
      { ...rated, delivery: { held: true, attemptCount: 1 } },
      { kind: 'send', merge: false },
    ],
  ])('when %s', (_why, given, decision) => {
    expect(judge(given)).toMatchObject(decision);
  });
});

describe('the rate of a channel', () => {
  it('is never exceeded in any window, and wastes nothing', () => {
    const rates = [
      { count: 5, perMs: 1_000 },
      { count: 18, perMs: 60_000 },
    ];
    let recent: number[] = [];
    let clock = now.getTime();
    const sent: number[] = [];
    while (sent.length < 60) {
      const turn = takeTurn(recent, rates, new Date(clock));
      if (turn.kind === 'wait') {
        expect(turn.until.getTime()).toBeGreaterThan(clock);
        clock = turn.until.getTime();
      } else {
        sent.push(clock);
        recent = turn.recent;
        expect(recent.length).toBeLessThanOrEqual(19);
      }
    }
    for (const start of sent)
      for (const { count, perMs } of rates)
        expect(sent.filter((time) => time >= start && time < start + perMs).length).toBeLessThanOrEqual(count);
    expect((sent.at(-1) ?? 0) - now.getTime()).toBe(3 * 60_000 + 1_000);
  });
});
