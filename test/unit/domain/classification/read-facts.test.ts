import { describe, expect, it } from 'vitest';
import { isVersionIn, parseVersion } from '../../../../src/domain/classification/framework-version.ts';
import { readFacts } from '../../../../src/domain/classification/read-facts.ts';
import { emptyText } from '../../../../src/domain/parsing/crash-reports.ts';
import { boundTrace, context } from '../diagnosis/run-evidence.ts';

const read = (lines: string[], parts = {}) =>
  readFacts({ text: { ...emptyText(), lines }, captures: null, context: context(parts) });

describe('readFacts', () => {
  it.each([
    ['paddlepaddle-gpu==2.3.1.post116', '2.3.1.post116'],
    ['paddlepaddle-gpu   2.3.2', '2.3.2'],
    ['PaddlePaddle: 2.3.0', '2.3.0'],
    ['paddle.__version__ = 2.4.0rc0', '2.4.0rc0'],
    ['paddlepaddle 0.0.0', null],
    ['PaddleSeg: 2.7.0', null],
  ])('reads the version from %j', (line, version) => {
    expect(read([line]).paddleVersion).toBe(version);
  });
  it('lets the environment win over the text', () => {
    const environment = { packages: { 'paddlepaddle-gpu': '2.6.1' } };
    expect(read(['paddlepaddle-gpu==2.3.2'], { environment }).paddleVersion).toBe('2.6.1');
  });
  it('reads settings from the text', () => {
    expect(
      read(['num_classes : 23', 'reg_range: [-2, 17]', 'train.py --amp', 'Paddle compiled with cuda: False']),
    ).toMatchObject({
      numClasses: 23,
      regRange: [-2, 17],
      mixedPrecision: true,
      device: 'cpu',
    });
  });
  it('knows Windows by the paths of the frames', () => {
    expect(readFacts({ text: boundTrace(-1), captures: null, context: context() }).os).toBe('windows');
  });
  it('takes reg_max for the top bin', () => {
    expect(read([], { config: { head: [{ reg_max: 16 }] } }).regRange).toEqual([0, 17]);
  });
});

describe('versions', () => {
  it.each([
    ['2.3.x', true],
    ['2.3.1.post116', true],
    ['2.4.0-rc0', true],
    ['2.4.0', false],
    ['2.2.2', false],
  ])('%s is affected: %s', (text, affected) => {
    expect(isVersionIn(parseVersion(text) ?? '', '>=2.3.0rc0,<=2.4.0rc0')).toBe(affected);
  });
  it('is null without a number', () => {
    expect(parseVersion('develop')).toBeNull();
  });
});

describe('the version of torch', () => {
  it.each([
    ['Ultralytics 8.3.40 Python-3.10.12 torch-2.3.1+cu121 CUDA:0 (NVIDIA GeForce RTX 3090, 24260MiB)', '2.3.1+cu121'],
    ['2024/03/01 - mmengine - INFO - PyTorch: 1.13.1', '1.13.1'],
    ['torch==2.0.1', '2.0.1'],
    ['File "torch/nn/modules/module.py", line 1501, in _call_impl', null],
  ])('is read from "%s"', (line, version) => {
    expect(read([line])).toMatchObject({ torchVersion: version, frameworkVersion: version });
  });
  it('is what the run says, whatever it calls torch', () => {
    const framework = { name: 'PyTorch', version: '2.4.0' };
    expect(read(['torch==2.0.1'], { framework })).toMatchObject({ torchVersion: '2.4.0', frameworkVersion: '2.4.0' });
  });
});
