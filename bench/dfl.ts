// `npm run bench:dfl`: the DFL kernels against PyTorch and the float64 reference, adverse captures against ordinary ones, the batcher
// against one capture at a time, and an upload through to its analysis against bare reading. Everything is a ratio within one run.
// Options (after --): --json, --quick (fewer rounds, no torch.compile), --only kernels,adverse,batcher,upload, --backend webgpu, and with
// it --software: the kernel on the software adapter that the tests use, to prove the command where there is no GPU.

import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { measureAdverse } from './dfl/adverse.ts';
import { measureBatcher } from './dfl/batcher.ts';
import { measureKernels } from './dfl/kernels.ts';
import { measureUploads } from './dfl/uploads.ts';
import { measureWebgpu } from './dfl/webgpu.ts';
import { printReport, type Section } from './support/report.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: 'kernels,adverse,batcher,upload' },
    backend: { type: 'string', default: 'cpu' },
    software: { type: 'boolean', default: false },
  },
});

const parts: Record<string, (quick: boolean) => Promise<Section[]>> = {
  kernels: measureKernels,
  adverse: measureAdverse,
  batcher: measureBatcher,
  upload: measureUploads,
};

const sections: Section[] = [];
if (values.backend === 'webgpu') sections.push(...(await measureWebgpu(values.quick, values.software)));
else {
  for (const name of values.only.split(',')) {
    const measure = parts[name];
    if (!measure) throw new Error(`--only takes ${Object.keys(parts).join(', ')}; it is ${values.only}`);
    sections.push(...(await measure(values.quick)));
  }
}
printReport(
  { machine: `${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}`, sections },
  values.json,
);
process.exit(0);
