// Many small captures at once against one after the other, both through the engine.
import { createCpuBackend } from '../../src/kernels/dfl/cpu/cpu-backend.ts';
import { createDflEngine } from '../../src/kernels/dfl/engine.ts';
import { alternate, inProcess } from '../support/alternate.ts';
import { place, randomInput } from '../support/dfl-inputs.ts';
import type { Section } from '../support/report.ts';

const captures = 1_000;
const positives = 256;

export async function measureBatcher(quick: boolean): Promise<Section[]> {
  const cpu = createCpuBackend();
  const choice = { requested: 'cpu', chosen: 'cpu', device: cpu.device, rejected: [], failures: [] };
  const open = (maxDelayMs?: number) =>
    createDflEngine({ chosen: cpu, cpu, choice, reopen: async () => cpu, now: () => new Date(), maxDelayMs });
  const [engine, hasty] = [open(), open(0)];
  const inputs = Array.from({ length: captures }, () => place(randomInput(positives), cpu));
  const whole = place(randomInput(captures * positives), cpu);
  const oneByOne = async (through: typeof engine) => {
    for (const input of inputs) await through.recompute(input);
  };
  const timings = await alternate(
    [
      inProcess('all at once', () => Promise.all(inputs.map((input) => engine.recompute(input)))),
      inProcess('one at a time', () => oneByOne(engine), 1),
      inProcess('one at a time, without waiting for others', () => oneByOne(hasty), 1),
      inProcess('the same rows as one capture', () => engine.recompute(whole)),
    ],
    { rounds: quick ? 3 : 9, seconds: 0.01 },
  );
  await engine.close();
  const [atOnce, , , asOne] = timings.map(({ median }) => median);
  return [
    {
      title: `Batcher: ${captures} captures of P = ${positives}, through the engine`,
      notes: [
        `Overhead per capture: ${(((atOnce ?? 0) - (asOne ?? 0)) / captures / 1e3).toFixed(1)} us beside its computation.`,
      ],
      rows: timings.map(({ name, median }) => ({
        how: name,
        ms: median / 1e6,
        'us per capture': median / captures / 1e3,
        'x all at once': median / (atOnce ?? Number.NaN),
      })),
    },
  ];
}
