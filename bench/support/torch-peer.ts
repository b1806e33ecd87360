// Starts torch_peer.py where a Python with torch is: LOSSWATCH_BENCH_PYTHON, or python3.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface TorchPeer {
  version: string;
  /** What torch computes on. */
  device: string;
  /** How fast torch copies within the GPU's memory, bytes read and written; null on the processor. */
  copyGBPerSecond: number | null;
  /** Makes random tensors of P positives and K bins. */
  prepare(positives: number, bins: number): Promise<void>;
  /** Nanoseconds per call of a formulation, measured for `seconds`. `warm` calls it a few times before. */
  time(variant: string, seconds: number, warm?: boolean): Promise<number>;
  close(): void;
}

const script = fileURLToPath(new URL('./torch_peer.py', import.meta.url));

/** Null where there is no Python with torch. */
export async function startTorchPeer(threads: number, device: 'cpu' | 'cuda' = 'cpu'): Promise<TorchPeer | null> {
  const python = process.env.LOSSWATCH_BENCH_PYTHON ?? 'python3';
  const child = spawn(python, [script, String(threads), device], { stdio: ['pipe', 'pipe', 'ignore'] });
  const lines = createInterface({ input: child.stdout });
  const answers = lines[Symbol.asyncIterator]();
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  const first = await answers.next();
  if (first.done) return null;
  const about = JSON.parse(first.value) as { torch: string; device: string; copyGBPerSecond?: number };
  const ask = async (request: object): Promise<{ ns?: number }> => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const answer = await answers.next();
    if (answer.done) throw new Error(`the torch peer ended with exit code ${await exitCode(child)}`);
    return JSON.parse(answer.value);
  };
  return {
    version: about.torch,
    device: about.device,
    copyGBPerSecond: about.copyGBPerSecond ?? null,
    prepare: async (positives, bins) => void (await ask({ positives, bins })),
    time: async (variant, seconds, warm = false) => (await ask({ variant, seconds, warm })).ns ?? Number.NaN,
    close: () => child.stdin.end(),
  };
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  return child.exitCode ?? (await once(child, 'exit'))[0];
}
