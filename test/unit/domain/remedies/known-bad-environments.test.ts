import { describe, expect, it } from 'vitest';
import {
  causesOfEnvironment,
  type EnvironmentContext,
  findKnownBad,
  warnOfEnvironment,
} from '../../../../src/domain/remedies/known-bad-environments.ts';
import { catalog } from '../diagnosis/run-evidence.ts';

const nothing: EnvironmentContext = { framework: null, device: null, environment: null, worldSize: null };
const windows: EnvironmentContext = {
  ...nothing,
  environment: { os: 'Windows 10', packages: { 'paddlepaddle-gpu': '2.3.2' } },
};

describe('findKnownBad', () => {
  it('finds nothing where nothing is known', () => {
    expect(findKnownBad(nothing, catalog)).toEqual([]);
  });
  it('needs every part of the combination', () => {
    const ids = (context: EnvironmentContext) => findKnownBad(context, catalog).map(({ id }) => id);
    expect(ids(windows)).toEqual(['paddle-2-3-gpu-on-windows']);
    expect(ids({ ...windows, device: 'cpu' })).toEqual([]);
    expect(ids({ ...windows, environment: { ...windows.environment, os: 'Ubuntu 22.04' } })).toEqual([]);
    expect(ids({ ...windows, environment: { os: 'Windows 10', packages: { 'paddlepaddle-gpu': '2.4.2' } } })).toEqual(
      [],
    );
  });
  it('takes the framework of the run for a package, and names as pip compares them', () => {
    const torch = { framework: { name: 'torch', version: '2.1.0' }, environment: { packages: { NumPy: '2.0.0' } } };
    expect(findKnownBad({ ...nothing, ...torch }, catalog).map(({ id }) => id)).toEqual(['numpy-2-with-older-torch']);
  });
  it('ignores a version that nobody can read', () => {
    const odd = { os: 'Windows 10', packages: { 'paddlepaddle-gpu': 'develop' } };
    expect(findKnownBad({ ...nothing, environment: odd }, catalog)).toEqual([]);
  });
});

describe('warnOfEnvironment', () => {
  it('warns in the language of the reader, with what to do and where that is known from', () => {
    const [english] = warnOfEnvironment(windows, catalog, 'en');
    const [chinese] = warnOfEnvironment(windows, catalog, 'zh');
    expect(english).toMatchObject({ severity: 'critical', classes: ['target-out-of-bound', 'selection-corrupted'] });
    expect(english?.advice).toContain('2.6.1');
    expect(chinese?.text).toMatch(/选错行/);
    expect(english?.sources[0]).toMatch(/^https:/);
  });
});

describe('causesOfEnvironment', () => {
  it('speaks for a cause of its own class only', () => {
    expect(causesOfEnvironment(windows, catalog, 'target-out-of-bound')).toMatchObject([
      { cause: 'paddle-masked-select-gpu', signal: 'env.known-bad.paddle-2-3-gpu-on-windows' },
    ]);
    expect(causesOfEnvironment(windows, catalog, 'shape-mismatch')).toEqual([]);
  });
});
