// Loads Dawn (npm `webgpu`) and takes an adapter, in the child process only: a native library may take its process down.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Numbers of the WebGPU specification (GPUBufferUsage, GPUMapMode); Dawn keeps its own out of the global scope.
 */
export const bufferUsage = {
  mapRead: 0x1,
  mapWrite: 0x2,
  copySrc: 0x4,
  copyDst: 0x8,
  storage: 0x80,
  queryResolve: 0x200,
} as const;
export const mapMode = { read: 1, write: 2 } as const;

export interface AdapterOptions {
  /** Chosen without being asked for: an adapter that only imitates a GPU is refused. */
  auto: boolean;
}

/** What Dawn's create() gave must never be collected: without a reference the process crashed or hung at random (5 of 6 runs). */
const instances = new Map<'usual' | 'egl', GPU>();

/**
 * Timestamps by default come in steps of 0.1 ms, longer than a whole kernel. Workgroup memory is cleared by the kernel where it must be:
 * clearing all of it costs the device time, and made compiling for SwiftShader take 20 times as long.
 */
const dawnOptions = ['disable-dawn-features=timestamp_quantization', 'enable-dawn-features=disable_workgroup_init'];

/** Throws Error with a reason that says what to install. */
export async function openAdapter({ auto }: AdapterOptions): Promise<GPUAdapter> {
  const found = await requestAdapter('usual');
  const adapter = found && !isSoftware(found.info) ? found : ((await requestAdapterThroughEgl()) ?? found);
  if (adapter === null) throw new Error(noAdapter[process.platform] ?? noAdapter.linux);
  if (auto && isSoftware(adapter.info)) {
    throw new Error(
      `the only adapter is ${describeAdapter(adapter.info)}, which no one should get without asking for it`,
    );
  }
  return adapter;
}

/** Dawn looks for drivers when an instance is made, not later. */
async function requestAdapter(way: 'usual' | 'egl'): Promise<GPUAdapter | null> {
  const gpu = instances.get(way) ?? (await loadDawn()).create(dawnOptions);
  instances.set(way, gpu);
  return gpu.requestAdapter({ powerPreference: 'high-performance' });
}

/**
 * The manifest that NVIDIA's driver installs names libGLX_nvidia, which refuses to work on some machines without a display; the same driver
 * answers in libEGL_nvidia (seen with driver 580 in a virtual machine). Null where that is no GPU either.
 */
async function requestAdapterThroughEgl(): Promise<GPUAdapter | null> {
  const { VK_DRIVER_FILES, VK_ICD_FILENAMES } = process.env;
  if (process.platform !== 'linux' || VK_DRIVER_FILES || VK_ICD_FILENAMES) return null;
  const ICD = { library_path: 'libEGL_nvidia.so.0', api_version: '1.3.0' };
  let folder: string | undefined;
  try {
    folder = mkdtempSync(join(tmpdir(), 'losswatch-vulkan-'));
    const manifest = join(folder, 'nvidia_egl_icd.json');
    writeFileSync(manifest, JSON.stringify({ file_format_version: '1.0.1', ICD }));
    // The older of the names that the loader has for this variable: every loader knows it.
    process.env.VK_ICD_FILENAMES = manifest;
    return await requestAdapter('egl');
  } catch {
    // Nowhere to write a manifest to.
    return null;
  } finally {
    delete process.env.VK_ICD_FILENAMES;
    if (folder) rmSync(folder, { recursive: true });
  }
}

const noAdapter: Partial<Record<NodeJS.Platform, string>> & { linux: string } = {
  linux:
    'no WebGPU adapter: it needs the Vulkan loader (package libvulkan1) and a Vulkan driver of the GPU (NVIDIA: the driver with its ' +
    'nvidia_icd.json; AMD and Intel: mesa-vulkan-drivers)',
  darwin: 'no WebGPU adapter: it needs a Mac with Metal',
  win32: 'no WebGPU adapter: it needs a GPU with a Direct3D 12 or Vulkan driver',
};

async function loadDawn(): Promise<typeof import('webgpu')> {
  try {
    return await import('webgpu');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const platform = `${process.platform}-${process.arch}`;
    if (code === 'ERR_MODULE_NOT_FOUND') throw new Error('the npm package webgpu is not installed: run npm install');
    if (code === 'MODULE_NOT_FOUND') throw new Error(`the npm package webgpu has no binary for ${platform}`);
    throw new Error(`the npm package webgpu cannot be loaded on ${platform}: ${message.split('\n')[0]}`);
  }
}

const softwareNames = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|warp\b|\bcpu\b/i;

export function isSoftware(info: AdapterWords): boolean {
  const { isFallbackAdapter, vendor, architecture, device, description } = info;
  return isFallbackAdapter || softwareNames.test([vendor, architecture, device, description].join(' '));
}

type AdapterWords = Pick<GPUAdapterInfo, 'vendor' | 'architecture' | 'device' | 'description' | 'isFallbackAdapter'>;

/** The adapter in words, such as "nvidia hopper, NVIDIA H100 80GB HBM3". */
export function describeAdapter(info: AdapterWords): string {
  const { vendor, architecture, device, description } = info;
  const family = [vendor, architecture].filter(Boolean).join(' ');
  const words = [...new Set([family, device, description].filter(Boolean))].join(', ') || 'an adapter without a name';
  return isSoftware(info) ? `${words} (software, not a GPU)` : words;
}
