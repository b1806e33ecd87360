// Whether a delivery may be sent now. Deliveries of one incident to one endpoint are sent in the order of their events; a receiver that
// answers slowly takes up few senders; a channel with a rate keeps to it.
import type { Rate } from '../channels/channel.ts';
import { takeTurn } from './rate-limit.ts';

/** A duplicate nudge must not send a delivery before its time; clocks of several machines may differ a little. */
const earlyMs = 1_000;
/** A claim this old is of a worker that is gone: longer than an attempt may take. */
export const leaseMs = 20_000;
/** Attempts under way to one endpoint: to one that answers, to one that does not, and on a channel with a rate. */
const inFlight = { healthy: 8, failing: 1, rated: 1 };

export interface Claim {
  now: Date;
  rates: readonly Rate[];
  merges: boolean;
  delivery: { attemptCount: number; nextAttemptAt: Date | null; claimedAt: Date | null; held: boolean };
  endpoint: {
    isUsable: boolean;
    failingSince: Date | null;
    pausedUntil: Date | null;
    /** Times of the latest requests in ms. */
    recentSends: readonly number[];
  };
  /** Of the endpoint's other deliveries. */
  ahead: {
    /** An earlier one that tells of the same incident is not done. */
    sameIncident: boolean;
    /** An earlier one has not been tried yet. */
    untried: boolean;
    /** Attempts under way. */
    inFlight: number;
  };
}

export type ClaimDecision =
  | { kind: 'skip'; reason: 'claimed' | 'early' }
  | { kind: 'fail'; reason: 'endpoint-off' }
  /** Whoever is ahead nudges when it is done. */
  | { kind: 'queue'; reason: 'order' | 'in-flight' }
  | { kind: 'hold'; reason: 'pause' | 'rate'; until: Date }
  /** `merge`: others that wait are told in the same message. */
  | { kind: 'send'; recentSends: number[]; merge: boolean };

export function judgeClaim({ now, rates, merges, delivery, endpoint, ahead }: Claim): ClaimDecision {
  const at = now.getTime();
  if (delivery.claimedAt !== null && at - delivery.claimedAt.getTime() < leaseMs)
    return { kind: 'skip', reason: 'claimed' };
  if (delivery.nextAttemptAt !== null && delivery.nextAttemptAt.getTime() - at > (delivery.held ? 0 : earlyMs))
    return { kind: 'skip', reason: 'early' };
  if (!endpoint.isUsable) return { kind: 'fail', reason: 'endpoint-off' };
  if (ahead.sameIncident) return { kind: 'queue', reason: 'order' };
  const isRated = rates.length > 0;
  if (isRated && delivery.attemptCount === 0 && ahead.untried) return { kind: 'queue', reason: 'order' };
  const most = isRated ? inFlight.rated : endpoint.failingSince === null ? inFlight.healthy : inFlight.failing;
  if (ahead.inFlight >= most) return { kind: 'queue', reason: 'in-flight' };
  if (endpoint.pausedUntil !== null && endpoint.pausedUntil.getTime() > at)
    return { kind: 'hold', reason: 'pause', until: endpoint.pausedUntil };
  const turn = takeTurn(endpoint.recentSends, rates, now);
  if (turn.kind === 'wait') return { kind: 'hold', reason: 'rate', until: turn.until };
  return {
    kind: 'send',
    recentSends: isRated ? turn.recent : [],
    merge: merges && delivery.held && delivery.attemptCount === 0,
  };
}
