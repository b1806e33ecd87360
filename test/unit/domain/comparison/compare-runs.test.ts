import { describe, expect, it } from 'vitest';
import { type ComparableRun, compareRuns } from '../../../../src/domain/comparison/compare-runs.ts';

function run(overrides: Partial<ComparableRun> = {}): ComparableRun {
  return {
    framework: { name: 'torch', version: '2.4.0' },
    device: 'gpu',
    environment: { os: 'Linux', packages: { numpy: '1.26.4', pillow: '10.0.0' } },
    config: { lr: 0.01, head: { reg_max: 16 }, milestones: [30, 60] },
    worldSize: 8,
    ...overrides,
  };
}

describe('compareRuns', () => {
  it('finds nothing between equals, whatever the order of their keys', () => {
    const other = run({ config: { milestones: [30, 60], head: { reg_max: 16 }, lr: 0.01 } });
    expect(compareRuns(run(), other)).toEqual([]);
  });

  it('tells each kind of difference with both values, a missing one as null', () => {
    const good = run({
      framework: { name: 'torch', version: '2.3.1' },
      environment: { os: 'Windows 10', packages: { numpy: '2.0.0' } },
      config: { lr: 0.01, head: { reg_max: 7 }, milestones: [30], amp: true },
      worldSize: 1,
    });
    expect(compareRuns(run(), good)).toEqual([
      { kind: 'framework', path: 'version', run_value: '2.4.0', good_value: '2.3.1' },
      { kind: 'device', path: 'world_size', run_value: 8, good_value: 1 },
      { kind: 'package', path: 'numpy', run_value: '1.26.4', good_value: '2.0.0' },
      { kind: 'package', path: 'pillow', run_value: '10.0.0', good_value: null },
      { kind: 'environment', path: 'os', run_value: 'Linux', good_value: 'Windows 10' },
      { kind: 'config', path: 'amp', run_value: null, good_value: true },
      { kind: 'config', path: 'head.reg_max', run_value: 16, good_value: 7 },
      { kind: 'config', path: 'milestones', run_value: '[30,60]', good_value: '[30]' },
    ]);
  });

  it('knows runs that give nothing', () => {
    const bare = { framework: null, device: null, environment: null, config: null, worldSize: null };
    expect(compareRuns(bare, bare)).toEqual([]);
    expect(compareRuns(bare, { ...bare, device: 'cpu' })).toEqual([
      { kind: 'device', path: 'device', run_value: null, good_value: 'cpu' },
    ]);
  });

  it('is bounded, by count and by length', () => {
    const config = Object.fromEntries(Array.from({ length: 600 }, (_, n) => [`k${n}`, 'x'.repeat(900)]));
    const differences = compareRuns(run({ config }), run({ config: {} }));
    expect(differences).toHaveLength(500);
    expect(differences[0]?.run_value).toHaveLength(500);
  });
});
