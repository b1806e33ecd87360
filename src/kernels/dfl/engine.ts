// The DFL engine: one entry for all re-computations. It fuses the calls of concurrent jobs into one dispatch, and computes on the cpu what
// a failing device could not: the failure is kept for /readyz and the log, and the device is tried again later.
import type { MeasuredDfl } from '../../contracts/dfl.ts';
import type { BackendChoice } from '../../contracts/health.ts';
import { type BatcherOptions, createBatcher } from './batcher.ts';
import {
  assertDflInput,
  bytesOf,
  type DflBackend,
  DflBackendError,
  type DflInput,
  fatalFailures,
  isFloat32,
} from './contract.ts';
import type { CpuBackend } from './cpu/cpu-backend.ts';

export interface DflEngine {
  /** Rejects as DflBackend.recompute does; a DflBackendError only when the cpu failed as well. */
  recompute(input: DflInput, signal?: AbortSignal): Promise<MeasuredDfl>;
  /** Memory to read a capture's file into: tensors in it are computed where they lie. Free it when the analysis has settled. */
  allocate: CpuBackend['allocate'];
  /** selection.ts, away from the event loop. */
  replaySelection: CpuBackend['replaySelection'];
  /** widen-halves.ts, away from the event loop. */
  widen: CpuBackend['widen'];
  /** What computes now, and what was set aside or failed and why. */
  choice(): BackendChoice;
  close(): Promise<void>;
}

export interface DflEngineOptions extends BatcherOptions {
  /** The chosen backend, tested; the cpu backend itself where that was chosen. */
  chosen: DflBackend;
  /** Computes float64 tensors, selections, and whatever `chosen` could not. */
  cpu: CpuBackend;
  choice: BackendChoice;
  /** Opens and tests the chosen backend again after its device was lost. */
  reopen: () => Promise<DflBackend>;
  now: () => Date;
  /** Told of each failure as it happens. */
  onFailure?: (failure: BackendChoice['failures'][number]) => void;
}

/** A lost device is opened again this long after the first, second, ... loss in a row; the last value goes on. */
export const reopenAfterMs = [1_000, 10_000, 60_000, 300_000];
const keptFailures = 10;

export function createDflEngine(options: DflEngineOptions): DflEngine {
  const { cpu, now } = options;
  const failures: BackendChoice['failures'] = [];
  /** Null while the device is lost. */
  let device: DflBackend | null = options.chosen;
  let losses = 0;
  let reopenAt = 0;
  let reopening: Promise<void> | null = null;
  let closed = false;

  const batcher = createBatcher<DflInput, MeasuredDfl>(options, dispatch, bytesOf);

  async function dispatch(inputs: readonly DflInput[], signal: AbortSignal): Promise<MeasuredDfl[]> {
    if (device === null) reopenWhenDue();
    const used = device;
    if (used === null || used === cpu) return measure(cpu, inputs, signal);
    const [single, double] = [inputs.filter(isFloat32), inputs.filter((input) => !isFloat32(input))];
    const [ofSingle, ofDouble] = await Promise.all([
      measureOnDevice(used, single, signal),
      measure(cpu, double, signal),
    ]);
    return inputs.map((input) => (isFloat32(input) ? ofSingle : ofDouble).shift() as MeasuredDfl);
  }

  async function measureOnDevice(used: DflBackend, inputs: DflInput[], signal: AbortSignal): Promise<MeasuredDfl[]> {
    try {
      const measured = await measure(used, inputs, signal);
      losses = 0;
      return measured;
    } catch (error) {
      if (!(error instanceof DflBackendError) || closed) throw error;
      report(used, error);
      if ((fatalFailures as readonly string[]).includes(error.failure)) setAside(used);
      return measure(cpu, inputs, signal);
    }
  }

  function report(used: DflBackend, { failure, message }: DflBackendError): void {
    const event = { at: now().toISOString(), backend: used.name, failure, reason: message };
    failures.push(event);
    if (failures.length > keptFailures) failures.shift();
    options.onFailure?.(event);
  }

  function setAside(used: DflBackend): void {
    if (device !== used) return;
    device = null;
    reopenAt = now().getTime() + (reopenAfterMs[Math.min(losses, reopenAfterMs.length - 1)] as number);
    losses += 1;
    void used.close();
  }

  function reopenWhenDue(): void {
    if (reopening || closed || now().getTime() < reopenAt) return;
    reopening = reopen().finally(() => {
      reopening = null;
    });
  }

  async function reopen(): Promise<void> {
    try {
      const opened = await options.reopen();
      if (closed) await opened.close();
      else device = opened;
    } catch (error) {
      reopenAt = now().getTime() + (reopenAfterMs[Math.min(losses, reopenAfterMs.length - 1)] as number);
      losses += 1;
      const message = error instanceof Error ? error.message : String(error);
      report(options.chosen, new DflBackendError('device-lost', `could not be opened again: ${message}`));
    }
  }

  return {
    async recompute(input, signal) {
      assertDflInput(input);
      return batcher.run(input, signal);
    },
    allocate: cpu.allocate,
    replaySelection: cpu.replaySelection,
    widen: cpu.widen,
    choice() {
      const used = device ?? cpu;
      return { ...options.choice, chosen: used.name, device: used.device, failures: [...failures] };
    },
    async close() {
      closed = true;
      batcher.close();
      await reopening;
      await Promise.all([...new Set([device, cpu])].map((backend) => backend?.close()));
    },
  };
}

async function measure(backend: DflBackend, inputs: readonly DflInput[], signal: AbortSignal): Promise<MeasuredDfl[]> {
  if (inputs.length === 0) return [];
  const results = await backend.recompute(inputs, signal);
  return results.map((recomputation) => ({ recomputation, backend: backend.name, device: backend.device }));
}
