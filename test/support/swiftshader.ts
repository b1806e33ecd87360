// SwiftShader, a Vulkan driver in software, out of the npm package @sparticuz/chromium: what tests the webgpu backend without a GPU.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';

/** Whether SwiftShader can run here; a test that needs it must say loudly that it did not run. */
export const hasSwiftshader = process.platform === 'linux' && process.arch === 'x64';

/**
 * Unpacks the driver to where Dawn looks for the Vulkan loader, which a driver can stand in for. `env` is for the child process: the
 * variable must be set before a process starts.
 */
export function unpackSwiftshader(): { env: Record<string, string>; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'losswatch-swiftshader-'));
  writeFileSync(join(folder, 'libvulkan.so.1'), readPacked('libvk_swiftshader.so'), { mode: 0o700 });
  return { env: { LD_LIBRARY_PATH: folder }, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A file of the tar archive: blocks of 512 bytes, a header with name and octal size before each file. */
function readPacked(name: string): Uint8Array {
  const archive = brotliDecompressSync(readFileSync(packedFile()));
  const text = (from: number, to: number) => archive.toString('latin1', from, to).replace(/\0.*$/s, '');
  for (let at = 0; at < archive.length && text(at, at + 100) !== ''; ) {
    const size = Number.parseInt(text(at + 124, at + 136), 8);
    if (text(at, at + 100) === name) return archive.subarray(at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  throw new Error(`@sparticuz/chromium holds no ${name}`);
}

function packedFile(): string {
  let folder = dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium'));
  while (!existsSync(join(folder, 'bin', 'swiftshader.tar.br'))) folder = dirname(folder);
  return join(folder, 'bin', 'swiftshader.tar.br');
}
