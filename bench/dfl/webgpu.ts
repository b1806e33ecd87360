// `npm run bench:dfl -- --backend webgpu`: the fused WGSL kernel on this machine's GPU: upload, kernel and readback apart, against copying
// within the device's memory and against PyTorch on the same GPU.

import { createCpuBackend } from '../../src/kernels/dfl/cpu/cpu-backend.ts';
import { openWebgpuBackend } from '../../src/kernels/dfl/webgpu/webgpu-backend.ts';
import { unpackSwiftshader } from '../../test/support/swiftshader.ts';
import { alternate, inProcess } from '../support/alternate.ts';
import { bins, place, randomInput } from '../support/dfl-inputs.ts';
import type { Section } from '../support/report.ts';
import { startTorchPeer, type TorchPeer } from '../support/torch-peer.ts';

const sizes = [256, 4_096, 65_536, 524_288];

export async function measureWebgpu(quick: boolean, software: boolean): Promise<Section[]> {
  const driver = software ? unpackSwiftshader() : null;
  const device = await openWebgpuBackend({ env: driver?.env });
  const cpu = createCpuBackend();
  const torch = await startTorchPeer(1, 'cuda');
  // A software adapter takes half a minute for the largest size: its run proves the command, its figures mean nothing.
  const repeats = software ? 1 : quick ? 3 : 15;
  const kernelRows: Section['rows'] = [];
  const wholeRows: Section['rows'] = [];
  for (const positives of quick ? sizes.slice(0, 2) : sizes) {
    const input = randomInput(positives);
    const times = await device.measure(input, repeats);
    const torchNs = await measureTorch(torch, positives, quick);
    kernelRows.push({
      P: positives,
      'upload ms': times.uploadMs,
      'kernel ms': times.kernelMs,
      'readback ms': times.readbackMs,
      clock: times.clock,
      'kernel GB/s': times.kernelGBPerSecond,
      'copy GB/s': times.copyGBPerSecond,
      'x bandwidth limit': Math.max(times.copyGBPerSecond, torch?.copyGBPerSecond ?? 0) / times.kernelGBPerSecond,
      'torch eager / kernel': torchNs.eager / (times.kernelMs * 1e6),
      'torch compiled / kernel': torchNs.compiled / (times.kernelMs * 1e6),
    });
    const lent = place(input, cpu);
    const timings = await alternate(
      [
        inProcess('webgpu', () => device.recompute([input]), software ? 0 : 3),
        inProcess('cpu', () => cpu.recompute([lent])),
      ],
      { rounds: Math.min(9, repeats), seconds: software ? 0.001 : 0.05 },
    );
    wholeRows.push({
      P: positives,
      'webgpu ms': (timings[0]?.median ?? Number.NaN) / 1e6,
      'cpu ms': (timings[1]?.median ?? Number.NaN) / 1e6,
    });
  }
  await Promise.all([device.close(), cpu.close()]);
  torch?.close();
  driver?.remove();
  const peer = torch
    ? `PyTorch ${torch.version} on ${torch.device}, copying at ${torch.copyGBPerSecond?.toFixed(0)} GB/s.`
    : 'No PyTorch with CUDA here.';
  return [
    {
      title: `WebGPU kernel on ${device.device}, K = ${bins}`,
      notes: [
        peer,
        "Bandwidth limit: what the kernel reads and writes, at the faster rate of copying: Vulkan's or torch's.",
      ],
      rows: kernelRows,
    },
    { title: 'Whole call from this process, transfers included', notes: [], rows: wholeRows },
  ];
}

/** Fastest formulation of each kind, in nanoseconds per call. */
async function measureTorch(torch: TorchPeer | null, positives: number, quick: boolean) {
  if (!torch) return { eager: Number.NaN, compiled: Number.NaN };
  await torch.prepare(positives, bins);
  const fastest = async (variants: string[]) => {
    const times: number[] = [];
    for (const variant of variants) {
      await torch.time(variant, 0.05, true);
      times.push(await torch.time(variant, quick ? 0.1 : 0.5));
    }
    return Math.min(...times);
  };
  return {
    eager: await fastest(['trainer', 'gather']),
    compiled: await fastest(['trainer-compiled', 'gather-compiled']),
  };
}
