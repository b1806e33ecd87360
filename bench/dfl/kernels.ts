// The cpu backend against PyTorch on this machine's processor and against the float64 reference, all forensic counts on our side alone.
import type { DflRecomputation } from '../../src/contracts/dfl.ts';
import type { Float32DflInput } from '../../src/kernels/dfl/contract.ts';
import { areaOf, createArena } from '../../src/kernels/dfl/cpu/arena.ts';
import { createCpuBackend } from '../../src/kernels/dfl/cpu/cpu-backend.ts';
import { createFloat32Pass } from '../../src/kernels/dfl/cpu/float32-pass.ts';
import { memoryPages } from '../../src/kernels/dfl/cpu/generated/kernel.ts';
import { compileKernel } from '../../src/kernels/dfl/cpu/kernel-module.ts';
import { splitInput } from '../../src/kernels/dfl/cpu/parts.ts';
import { inspectPart, mergeParts } from '../../src/kernels/dfl/kernel-sums.ts';
import { recomputeReference } from '../../src/kernels/dfl/reference.ts';
import { type Alternative, alternate, inProcess } from '../support/alternate.ts';
import { bins, place, randomInput } from '../support/dfl-inputs.ts';
import type { Section } from '../support/report.ts';
import { startTorchPeer, type TorchPeer } from '../support/torch-peer.ts';

const sizes = [256, 4_096, 65_536, 524_288];
/** The reference is slow: it computes no more than this and counts per distribution. */
const referenceRows = 256;

export async function measureKernels(quick: boolean): Promise<Section[]> {
  const peers = [await startTorchPeer(1), await startTorchPeer(2)].filter((peer) => peer !== null);
  const sections: Section[] = [];
  for (const positives of sizes) sections.push(await measureSize(positives, peers, quick));
  for (const peer of peers) peer.close();
  return sections;
}

async function measureSize(positives: number, peers: TorchPeer[], quick: boolean): Promise<Section> {
  const one = createCpuBackend({ threads: 1 });
  const two = createCpuBackend({ threads: 2 });
  const input = randomInput(positives);
  const [forOne, forTwo] = [place(input, one), place(input, two)];
  const kernel = kernelOfThisThread(input);
  const few = randomInput(Math.min(positives, referenceRows));
  for (const peer of peers) await peer.prepare(positives, bins);
  const ours = [
    inProcess('cpu kernel', kernel, 30),
    inProcess('cpu backend, 1 worker thread', () => one.recompute([forOne]), 30),
    inProcess('cpu backend, 2 worker threads', () => two.recompute([forTwo]), 30),
    inProcess('float64 reference', () => recomputeReference(few), 1),
    inProcess('copy of the logits', copyOf(input.predDist), 3),
  ];
  const rounds = quick ? 5 : 15;
  const timings = await alternate([...ours, ...peers.flatMap((peer, i) => torchAlternatives(peer, i + 1, quick))], {
    rounds,
    seconds: quick ? 0.03 : 0.08,
  });
  await Promise.all([one.close(), two.close()]);
  return toSection(positives, few.positives, timings, peers[0]?.version ?? null, rounds);
}

/** All that a worker thread of the cpu backend computes for the input and all that is made of it, without the way there and back. */
function kernelOfThisThread(input: Float32DflInput): () => DflRecomputation {
  const compiled = compileKernel();
  if (!compiled) throw new Error('this engine has no WebAssembly SIMD');
  const arena = createArena(memoryPages);
  const pass = createFloat32Pass(compiled.module, arena.memory, areaOf(0));
  const allocate = (bytes: number) => {
    const loan = arena.lend(bytes);
    if (!loan) throw new Error('the arena is full');
    return loan;
  };
  const placed = place(input, { allocate });
  return () => {
    const parts = splitInput(placed).map((part) => {
      const sums = pass(part.input);
      return { sums, details: inspectPart(part.input, sums, part.firstRow) };
    });
    return mergeParts(placed, parts);
  };
}

const variants = ['trainer', 'gather', 'trainer-compiled', 'gather-compiled'];

function torchAlternatives(peer: TorchPeer, threads: number, quick: boolean): Alternative[] {
  return variants
    .filter((variant) => !quick || !variant.endsWith('compiled'))
    .map((variant) => ({
      name: `torch ${variant}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
      time: (seconds, warm) => peer.time(variant, seconds, warm),
    }));
}

function copyOf(source: Float32Array): () => void {
  const copy = new Float32Array(source.length);
  return () => copy.set(source);
}

function toSection(
  positives: number,
  referencePositives: number,
  timings: Awaited<ReturnType<typeof alternate>>,
  torch: string | null,
  rounds: number,
): Section {
  const nsOf = (name: string) => {
    const timing = timings.find((candidate) => candidate.name === name);
    const rows = name === 'float64 reference' ? referencePositives : positives;
    return timing ? timing.median / (4 * rows) : Number.NaN;
  };
  const copyNs = nsOf('copy of the logits');
  const rows = timings.map(({ name }) => {
    const ns = nsOf(name);
    return {
      what: name,
      'ns per distribution': ns,
      'Melements/s': (bins / ns) * 1e3,
      'of copy bandwidth': copyNs / ns,
      'x reference': nsOf('float64 reference') / ns,
      'x torch trainer 1t': nsOf('torch trainer, 1 thread') / ns,
      'x torch trainer 2t': nsOf('torch trainer, 2 threads') / ns,
      'x compiled trainer 1t': nsOf('torch trainer-compiled, 1 thread') / ns,
      'x torch gather 1t': nsOf('torch gather, 1 thread') / ns,
      'x compiled gather 1t': nsOf('torch gather-compiled, 1 thread') / ns,
    };
  });
  const peer = torch
    ? `PyTorch ${torch} on the CPU, without any counts.`
    : 'No PyTorch here: set LOSSWATCH_BENCH_PYTHON to a Python that has it (pip install torch).';
  return {
    title: `P = ${positives}, K = ${bins}`,
    notes: [
      `Medians of ${rounds} alternating turns. ${peer} Ours counts everything an analysis tells.`,
      'The kernel runs in the thread that calls it, as torch does; the backend sends the call to worker threads and back.',
    ],
    rows,
  };
}
