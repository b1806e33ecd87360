// Logs as healthy trainings print them, made up line by line.

/** A number in [0, 1) that depends on `i` alone, so that every run measures the same text. */
function noise(i: number): number {
  const x = Math.sin(i * 12.9898) * 43758.5453;
  return x - Math.floor(x);
}

function clock(i: number): string {
  const two = (n: number) => String(n % 60).padStart(2, '0');
  return `${two(Math.floor(i / 3600) % 24)}:${two(Math.floor(i / 60))}:${two(i)}`;
}

export const ordinaryLogs: { name: string; line: (i: number) => string }[] = [
  {
    name: 'PaddleDetection',
    line: (i) =>
      `[11/03 ${clock(i)}] ppdet.engine INFO: Epoch: [${Math.floor(i / 412) % 300}] [${i % 412}/412] learning_rate: 0.000900 loss: ${(2 + noise(i)).toFixed(6)} loss_cls: ${(1 + noise(i + 1)).toFixed(6)} loss_iou: 0.320155 loss_dfl: 0.903035 loss_l1: 0.410077 eta: 1 day, 0:59:10 batch_cost: 0.4410 data_cost: 0.0007 ips: 36.2812 images/s`,
  },
  {
    name: 'mmdetection',
    line: (i) =>
      `2026-11-03 ${clock(i)},${100 + (i % 900)} - mmdet - INFO - Epoch [${1 + Math.floor(i / 7330)}][${i % 7330}/7330]\tlr: 1.978e-03, eta: 1 day, 7:04:43, time: 0.412, data_time: 0.009, memory: 3791, loss_cls: ${(0.1 + noise(i)).toFixed(4)}, loss_bbox: ${(0.1 + noise(i + 1)).toFixed(4)}, acc: 98.5449, loss: ${(1 + noise(i)).toFixed(4)}`,
  },
  {
    name: 'progress bar',
    line: (i) =>
      `\rEpoch ${Math.floor(i / 2000)}: ${String(Math.floor((i % 2000) / 20)).padStart(3)}%|████▌     | ${i % 2000}/2000 [00:${clock(i).slice(3)}<12:33,  2.93it/s, v_num=0, train_loss=${noise(i).toFixed(3)}]`,
  },
  {
    name: 'words',
    line: (i) =>
      [
        `2026-11-03 ${clock(i)} INFO     trainer.checkpoint: saved weights of step ${i} to /data/runs/${i % 9}/step_${i}.pt in ${noise(i).toFixed(2)} s`,
        `I1103 ${clock(i)}.120000 4452 prefetch.cc:71] queue holds ${i % 64} batches, reader waited ${(noise(i) * 9).toFixed(1)} ms`,
        `{'grad_norm': ${noise(i).toFixed(6)}, 'learning_rate': 2.04e-06, 'epoch': ${(i / 1752).toFixed(2)}, 'tokens_per_second': ${Math.floor(noise(i) * 9e4)}}`,
        `node-a:27064:28181 [${i % 8}] NCCL INFO Channel 0${i % 4}/0 : ${i % 8}[4a000] -> ${(i + 1) % 8}[56000] via P2P/IPC`,
      ][i % 4] ?? '',
  },
];

/** Lines one after another until the text has `bytes` bytes. */
export function logOf(line: (i: number) => string, bytes: number): string {
  const lines: string[] = [];
  let size = 0;
  for (let i = 0; size < bytes; i += 1) {
    const text = line(i);
    lines.push(text);
    size += Buffer.byteLength(text) + 1;
  }
  // Joined strings are trees inside; a request's body is flat, as decoding makes it.
  return Buffer.from(`${lines.join('\n')}\n`).toString();
}

/** Ordinary lines of all kinds, and in the middle one that matters. */
export function needle(bytes: number): string {
  const mixed = logOf((i) => ordinaryLogs[i % ordinaryLogs.length]?.line(i) ?? '', bytes);
  const middle = mixed.indexOf('\n', mixed.length / 2) + 1;
  const line = 'RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB (GPU 0; 10.76 GiB total capacity)\n';
  return Buffer.from(mixed.slice(0, middle) + line + mixed.slice(middle)).toString();
}
