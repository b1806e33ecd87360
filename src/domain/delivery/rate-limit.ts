// Rates of a channel, counted exactly: at most `count` requests in any window of `perMs`. A token bucket would let twice as many through
// in the worst minute, and some services mute a sender for that.
import type { Rate } from '../channels/channel.ts';

export type RateDecision = { kind: 'send'; recent: number[] } | { kind: 'wait'; until: Date };

/**
 * @param recent times of earlier requests in ms, oldest first
 * @returns the times to keep when the request is made now, or when it may be made
 */
export function takeTurn(recent: readonly number[], rates: readonly Rate[], now: Date): RateDecision {
  const at = now.getTime();
  let until = at;
  for (const { count, perMs } of rates) {
    const blocking = recent.filter((time) => time > at - perMs).at(-count);
    if (blocking !== undefined) until = Math.max(until, blocking + perMs);
  }
  if (until > at) return { kind: 'wait', until: new Date(until) };
  const longest = Math.max(0, ...rates.map(({ perMs }) => perMs));
  return { kind: 'send', recent: [...recent.filter((time) => time > at - longest), at] };
}
