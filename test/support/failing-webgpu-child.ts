// The child process of the webgpu backend on a device that fails once, in the way of LOSSWATCH_TEST_FAULT, in the middle of a computation.
import { globals } from 'webgpu';
import { serveRequests } from '../../src/kernels/dfl/child-server.ts';
import { createRequestHandler } from '../../src/kernels/dfl/webgpu/requests.ts';

export type WebgpuFault = 'lost' | 'out-of-memory' | 'refused' | 'crashed' | 'timed-out';

const faults: Record<WebgpuFault, (device: GPUDevice) => void> = {
  lost: (device) => device.destroy(),
  'out-of-memory': (device) => {
    const { maxBufferSize: size } = device.limits;
    for (let i = 0; i < 64; i++) device.createBuffer({ size, usage: 0x80 });
  },
  refused: (device) => device.createShaderModule({ code: 'this is no WGSL' }),
  crashed: () => process.kill(process.pid, 'SIGKILL'),
  'timed-out': () => {
    for (;;);
  },
};

const { prototype } = (globals as { GPUDevice: { prototype: GPUDevice } }).GPUDevice;
const { createBindGroup } = prototype;
prototype.createBindGroup = function (this: GPUDevice, descriptor) {
  prototype.createBindGroup = createBindGroup;
  const bindGroup = createBindGroup.call(this, descriptor);
  faults[process.env.LOSSWATCH_TEST_FAULT as WebgpuFault](this);
  return bindGroup;
};

serveRequests(createRequestHandler());
