// Has the threads compute parts of float32 inputs together: each is given the whole table and takes the next part until none is left, so
// that a thread on a busy core takes fewer.
import type { DflInput, Float32DflInput } from '../contract.ts';
import { bytesOf } from '../contract.ts';
import { emptySums, type KernelPart, type PartDetails, sumNames } from '../kernel-sums.ts';
import type { PeerPool } from '../peer-pool.ts';
import { type Part, writePartTable } from './parts.ts';
import type { ThreadRequest, ThreadResult } from './requests.ts';

/** A further thread is woken for every so many bytes: waking one costs about as much as computing a third of them. */
const bytesPerThread = 2 ** 19;

/** The tensors of the parts must lie in the arena, which must not be written to before the promise has settled. */
export async function shareOut(
  pool: PeerPool<ThreadRequest, ThreadResult>,
  threads: number,
  parts: readonly Part<Float32DflInput>[],
  signal?: AbortSignal,
): Promise<KernelPart[]> {
  const request: ThreadRequest = {
    kind: 'float32',
    table: writePartTable(parts),
    next: new Int32Array(new SharedArrayBuffer(4)),
  };
  const bytes = parts.reduce((sum, { input }) => sum + bytesOf(input), 0);
  const wanted = Math.min(threads, parts.length, Math.max(1, Math.ceil(bytes / bytesPerThread)));
  const done = new Array<KernelPart>(parts.length);
  let missing = parts.length;
  /** Calls that wait for a busy thread are withdrawn when the others have done everything. */
  const surplus = new AbortController();
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
      const result = await pool.run(prepare, abort.signal);
      if (result.kind === 'float32') {
        unpack(parts, result, done);
        missing -= result.taken.length;
      }
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

const nothing: PartDetails = { offenders: [], outsideFloors: [], firstNonFiniteLogits: [] };

function unpack(
  parts: readonly Part[],
  { taken, sums: numbers, counts, details }: ThreadResult & { kind: 'float32' },
  done: KernelPart[],
): void {
  let at = 0;
  taken.forEach((index, i) => {
    const sums = emptySums(parts[index]?.input as DflInput);
    sumNames.forEach((name, n) => {
      sums[name] = numbers[i * sumNames.length + n] as number;
    });
    sums.counts = counts.subarray(at, at + sums.counts.length);
    at += sums.counts.length;
    done[index] = { sums, details: details[i] ?? nothing };
  });
}
