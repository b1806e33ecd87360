// What a trainer tells of a run when it registers it, and what Losswatch should make of the recording.
import { baseLearningRate, type Fault, numClasses, type RecordOptions } from './options.ts';

/** Body of POST /v1/runs. */
export function describeRun({ fault, regRange, ranks }: RecordOptions): object {
  const broken = fault !== 'none';
  const version = broken ? '2.3.2' : '2.6.1';
  return {
    name: `ppyoloe_crn_s_demo, ${describeFault(fault)} (simulated)`,
    framework: { name: 'paddlepaddle', version },
    device: 'gpu',
    environment: {
      os: broken ? 'Windows-10-10.0.19044-SP0' : 'Linux-5.15.0-122-generic-x86_64-with-glibc2.35',
      python: broken ? '3.7.13' : '3.9.19',
      cuda: broken ? '11.2' : '11.8',
      cudnn: broken ? '8.2' : '8.6',
      gpu: 'NVIDIA GeForce RTX 3060',
      packages: { 'paddlepaddle-gpu': version, paddledet: '2.6.0' },
    },
    config: {
      architecture: 'PPYOLOE',
      num_classes: numClasses,
      log_iter: 1,
      LearningRate: { base_lr: baseLearningRate },
      PPYOLOEHead: { reg_range: regRange, loss_weight: { class: 1.0, iou: 2.5, dfl: 0.5 } },
    },
    tags: { simulated: true, story: fault },
    world_size: ranks,
  };
}

function describeFault(fault: Fault): string {
  return { 'masked-select': 'masked_select at fault', labels: 'class ids beyond num_classes', none: 'healthy' }[fault];
}

/** Start-up lines of the glog library inside Paddle. */
export function consoleHeader(fault: Fault): string[] {
  const [driver, runtime, cudnn] = fault === 'none' ? ['12.2', '11.8', '8.6'] : ['11.6', '11.2', '8.2'];
  return [
    `W1114 09:11:58.204117  7316 gpu_resources.cc:61] Please NOTE: device: 0, GPU Compute Capability: 8.6, Driver API Version: ${driver}, Runtime API Version: ${runtime}`,
    `W1114 09:11:58.219742  7316 gpu_resources.cc:91] device: 0, cuDNN Version: ${cudnn}.`,
  ];
}

/** What the tests of this repository expect of the diagnosis. */
export function expectedDiagnosis(fault: Fault, raised: boolean): object {
  if (fault === 'none') return { incidents: 0, class: null, cause: null };
  if (fault === 'labels') return { incidents: 1, class: 'target-out-of-bound', cause: 'num-classes-too-small' };
  return {
    incidents: 1,
    class: raised ? 'target-out-of-bound' : 'selection-corrupted',
    cause: 'paddle-masked-select-gpu',
  };
}
