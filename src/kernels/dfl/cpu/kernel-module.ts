// Compiles the WebAssembly kernel: the build with relaxed SIMD (fused multiply-add) where the engine has it, else the baseline one.
import v8 from 'node:v8';
import { baseline, relaxed } from './generated/kernel.ts';

export interface KernelModule {
  module: WebAssembly.Module;
  /** In words, for the device's name. */
  simd: 'relaxed SIMD' | 'SIMD';
}

/** Null where the engine has no WebAssembly SIMD: the float64 loops compute everything then. */
export function compileKernel(): KernelModule | null {
  const relaxedBytes = Buffer.from(relaxed, 'base64');
  if (isSupported(relaxedBytes)) return { module: new WebAssembly.Module(relaxedBytes), simd: 'relaxed SIMD' };
  const baselineBytes = Buffer.from(baseline, 'base64');
  if (isSupported(baselineBytes)) return { module: new WebAssembly.Module(baselineBytes), simd: 'SIMD' };
  return null;
}

/** Node 20 has relaxed SIMD behind a flag, which may be set at run time; later versions have it without. */
function isSupported(bytes: Buffer): boolean {
  if (WebAssembly.validate(bytes)) return true;
  if (Number(process.versions.node.split('.')[0]) > 20) return false;
  v8.setFlagsFromString('--experimental-wasm-relaxed-simd');
  return WebAssembly.validate(bytes);
}
