// The webgpu backend on SwiftShader, a Vulkan driver in software: the same kernel, child process and messages as on a GPU.
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { selfTest } from '../../../src/kernels/dfl/self-test.ts';
import { openWebgpuBackend } from '../../../src/kernels/dfl/webgpu/webgpu-backend.ts';
import { hasSwiftshader, unpackSwiftshader } from '../../support/swiftshader.ts';
import { describeWebgpuBackend } from './describe-webgpu-backend.ts';

if (!hasSwiftshader) {
  const place = `${process.platform}-${process.arch}`;
  process.stderr.write(
    `\n*** NOT TESTED: the webgpu backend. SwiftShader runs on linux-x64 only, this is ${place}. ***\n\n`,
  );
  it(`did not run on ${place}, where SwiftShader does not run`, () => expect(hasSwiftshader).toBe(false));
} else testBackend();

function testBackend(): void {
  const { env, remove } = unpackSwiftshader();
  afterAll(remove);
  describeWebgpuBackend({ env, numRuns: { plain: 40, subgroups: 15 } });

  describe('the adapter of DFL backend webgpu', () => {
    it('says that it is software, and is refused by auto', async () => {
      const backend = await openWebgpuBackend({ env });
      await backend.close();
      expect(backend.device).toMatch(/swiftshader.*\(software, not a GPU\), subgroups$/i);
      await expect(openWebgpuBackend({ env, auto: true })).rejects.toThrow(/only adapter is .*swiftshader.*software/i);
    });

    const loader = ['/lib', '/usr/lib', '/lib/x86_64-linux-gnu', '/usr/lib64']
      .map((folder) => join(folder, 'libvulkan.so.1'))
      .find(existsSync);
    if (!loader)
      process.stderr.write('\n*** NOT TESTED: the EGL way to a driver. There is no Vulkan loader here. ***\n\n');

    it.runIf(loader)('is found in libEGL_nvidia where no manifest leads to one', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'losswatch-egl-'));
      try {
        copyFileSync(join(env.LD_LIBRARY_PATH as string, 'libvulkan.so.1'), join(folder, 'libEGL_nvidia.so.0'));
        // Rejects where nothing is found; a machine with a GPU of its own answers with that.
        const backend = await openWebgpuBackend({ env: { LD_LIBRARY_PATH: folder } });
        expect(await selfTest(backend)).toBeNull();
        await backend.close();
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    it('says what is missing on a machine without one', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'losswatch-no-vulkan-'));
      try {
        writeFileSync(join(folder, 'libvulkan.so.1'), 'not a library');
        const opening = openWebgpuBackend({ env: { LD_LIBRARY_PATH: folder } });
        await expect(opening).rejects.toThrow(/no WebGPU adapter: .*libvulkan1/);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  });
}
