import { describe, expect, it } from 'vitest';
import { describeAdapter, isSoftware } from '../../../../../src/kernels/dfl/webgpu/open-adapter.ts';

const adapter = (
  vendor: string,
  architecture: string,
  device: string,
  description: string,
  isFallbackAdapter = false,
) => {
  return { vendor, architecture, device, description, isFallbackAdapter };
};

describe('words for an adapter', () => {
  it.each([
    adapter('google', 'swiftshader', 'swiftshader-device-subzero-', 'SwiftShader driver 5.0.0', true),
    adapter('mesa', '', 'llvmpipe (LLVM 15.0.6, 256 bits)', 'llvmpipe'),
    adapter('microsoft', 'warp', '', 'Microsoft Basic Render Driver'),
    adapter('some vendor', 'some design', 'a device', '', true),
  ])('say of $description $device that it is software', (info) => {
    expect(isSoftware(info)).toBe(true);
    expect(describeAdapter(info)).toMatch(/\(software, not a GPU\)$/);
  });

  it.each([
    [
      adapter('nvidia', 'hopper', 'NVIDIA H100 80GB HBM3', 'NVIDIA: 550.54.15'),
      'nvidia hopper, NVIDIA H100 80GB HBM3, NVIDIA: 550.54.15',
    ],
    [adapter('apple', 'metal-3', '', 'Apple M2'), 'apple metal-3, Apple M2'],
    [adapter('', '', '', ''), 'an adapter without a name'],
  ])('name a GPU', (info, words) => {
    expect(isSoftware(info)).toBe(false);
    expect(describeAdapter(info)).toBe(words);
  });
});
