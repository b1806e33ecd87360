// Captures that are broken or extreme against ordinary ones: a diverged run pushes nothing else.
import { createCpuBackend } from '../../src/kernels/dfl/cpu/cpu-backend.ts';
import { alternate, inProcess } from '../support/alternate.ts';
import { adverse, place, randomInput } from '../support/dfl-inputs.ts';
import type { Section } from '../support/report.ts';

const positives = 4_096;

export async function measureAdverse(quick: boolean): Promise<Section[]> {
  const backend = createCpuBackend({ threads: 1 });
  const kinds = [{ name: 'ordinary', spoil: () => {} }, ...adverse].map(({ name, spoil }) => {
    const input = place(randomInput(positives), backend);
    spoil(input);
    return inProcess(name, () => backend.recompute([input]), 20);
  });
  const timings = await alternate(kinds, { rounds: quick ? 5 : 15, seconds: quick ? 0.02 : 0.05 });
  await backend.close();
  const ordinary = timings[0]?.median ?? Number.NaN;
  return [
    {
      title: `Adverse captures, P = ${positives}, cpu backend, 1 thread`,
      notes: ['Offenders and non-finite logits are looked up and listed in the same time.'],
      rows: timings.map(({ name, median }) => ({
        capture: name,
        'ns per distribution': median / (4 * positives),
        'x ordinary': median / ordinary,
      })),
    },
  ];
}
