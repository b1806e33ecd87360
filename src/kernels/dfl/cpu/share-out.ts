// Has the threads compute parts of float32 inputs together: each is given the whole table and takes the next part until none is left, so
// that a thread on a busy core takes fewer.
import { setMaxListeners } from 'node:events';
import type { DflInput, Float32DflInput } from '../contract.ts';
import { bytesOf } from '../contract.ts';
import { emptySums, type KernelPart, type PartDetails, sumNames } from '../kernel-sums.ts';
import type { PeerPool } from '../peer-pool.ts';
import { unpackDetails } from './pack-details.ts';
import { type Part, writePartTable } from './parts.ts';
import type { ThreadRequest, ThreadResult } from './requests.ts';

/** A further thread is woken for every so many bytes: with fewer, waking one gains nothing, and waiting for one on a busy core costs. */
const bytesPerThread = 2 ** 21;

/** The tensors of the parts must lie in the arena, which must not be written to before the promise has settled. */
export async function shareOut(
  pool: PeerPool<ThreadRequest, ThreadResult>,
  threads: number,
  parts: readonly Part<Float32DflInput>[],
  signal?: AbortSignal,
): Promise<KernelPart[]> {
  const table = writePartTable(parts);
  const done = new Array<KernelPart>(parts.length);
  const bytes = parts.reduce((sum, { input }) => sum + bytesOf(input), 0);
  const wanted = Math.min(threads, parts.length, Math.ceil(bytes / bytesPerThread));
  if (wanted <= 1) {
    // A small dispatch is mostly overhead: nothing is shared that one thread need not share.
    unpack(parts, await pool.run(() => ({ kind: 'float32', table, next: new Int32Array(1) }), signal), done);
    return done;
  }
  const request: ThreadRequest = { kind: 'float32', table, next: new Int32Array(new SharedArrayBuffer(4)) };
  let missing = parts.length;
  /** Calls that wait for a busy thread are withdrawn when the others have done everything. */
  const surplus = new AbortController();
  // One for each thread; Node warns of a leak from the eleventh on.
  setMaxListeners(0, surplus.signal);
  const calls = Array.from({ length: wanted }, async () => {
    let started = false;
    const prepare = () => {
      started = true;
      return request;
    };
    const abort = new AbortController();
    const onAbort = () => abort.abort(signal?.reason);
    const onSurplus = () => started || abort.abort(surplus.signal.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    surplus.signal.addEventListener('abort', onSurplus, { once: true });
    try {
      if (signal?.aborted) throw signal.reason;
      missing -= unpack(parts, await pool.run(prepare, abort.signal), done);
      if (missing === 0) surplus.abort(new Error('nothing is left'));
    } catch (error) {
      if (missing > 0) throw error;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  });
  await Promise.all(calls);
  return done;
}

/** Puts what a thread has computed in its places; gives how many parts it was. */
function unpack(parts: readonly Part[], result: ThreadResult, done: KernelPart[]): number {
  if (result.kind !== 'float32') throw new Error('a thread answered another request');
  const { taken, sums: numbers, counts } = result;
  const details = unpackDetails(result.details, taken.length);
  let at = 0;
  taken.forEach((index, i) => {
    const sums = emptySums(parts[index]?.input as DflInput);
    sumNames.forEach((name, n) => {
      sums[name] = numbers[i * sumNames.length + n] as number;
    });
    sums.counts = counts.subarray(at, at + sums.counts.length);
    at += sums.counts.length;
    done[index] = { sums, details: details[i] as PartDetails };
  });
  return taken.length;
}
