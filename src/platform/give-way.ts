// Long computations in the thread that also answers requests. They take turns: in each round of the event loop one of them goes on, for a
// millisecond, so that a request waits for one slice and not for one of each.
import { performance } from 'node:perf_hooks';

/** How long a computation may hold the thread before it gives way, ms: short beside the 50 ms in which a request should be answered. */
const sliceMs = 1;

const waiting: (() => void)[] = [];
let sliceEnd = 0;

/** True when whoever computes now has had its slice and should await `giveWay`. Cheap enough to ask after every hundred points. */
export function isSliceOver(): boolean {
  return performance.now() >= sliceEnd;
}

/** Resolves when it is the caller's turn; its slice begins then. Await it before a long computation, and when `isSliceOver`. */
export function giveWay(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) setImmediate(goOn);
  });
}

function goOn(): void {
  const resume = waiting.shift();
  // An immediate set by an immediate comes in the loop's next round.
  if (waiting.length > 0) setImmediate(goOn);
  sliceEnd = performance.now() + sliceMs;
  resume?.();
}
