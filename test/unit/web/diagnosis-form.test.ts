import { describe, expect, it } from 'vitest';
import { writeSafetensors } from '../../../src/kernels/safetensors/write-safetensors.ts';
import {
  captureQuery,
  emptyForm,
  looksLikeSafetensors,
  readFile,
  textOf,
  toRequest,
} from '../../../web/src/diagnose/diagnosis-form.ts';

describe('toRequest', () => {
  it('sends the text alone when nothing else was filled in', () => {
    expect(toRequest({ ...emptyForm, text: 'boom' })).toEqual({ text: 'boom' });
  });

  it('reads packages as people write them', () => {
    const packages = 'PaddlePaddle-GPU==2.3.2, numpy 1.24; paddledet\ntorch===2.1';
    expect(toRequest({ ...emptyForm, text: 'x', packages }).environment).toEqual({
      packages: { 'paddlepaddle-gpu': '2.3.2', numpy: '1.24', paddledet: null, torch: '2.1' },
    });
  });

  it('takes a dropped file for the text, and the other facts trimmed', () => {
    const form = {
      ...emptyForm,
      text: 'typed',
      file: { kind: 'text' as const, name: 'train.log', text: 'dropped' },
      device: ' gpu ',
    };
    expect(textOf(form)).toBe('dropped');
    expect(toRequest({ ...form, regRange: ' 0,17 ', numClasses: '80' })).toEqual({
      text: 'dropped',
      device: 'gpu',
      reg_range: '0,17',
      num_classes: 80,
    });
  });

  it('leaves a number that is none to the answer of the API', () => {
    expect(toRequest({ ...emptyForm, text: 'x', numClasses: 'many' }).num_classes).toBe('many');
  });
});

describe('a dropped file', () => {
  const tensors = writeSafetensors({ target: { dtype: 'F32', shape: [1], data: new Float32Array(1) } }, {});

  it('is taken for tensors by its header, not by its name', async () => {
    expect(await readFile(new File([Buffer.from(tensors)], 'step.log'))).toMatchObject({
      kind: 'capture',
      name: 'step.log',
    });
    expect(await readFile(new File(['{"a": 1} and so on'], 'a.safetensors'))).toMatchObject({ kind: 'text' });
    expect(looksLikeSafetensors(new Uint8Array(3))).toBe(false);
  });

  it('of tensors is sent with what else is known', () => {
    const form = { ...emptyForm, packages: 'Paddlepaddle-gpu 2.3.2, numpy', device: ' gpu ', worldSize: '' };
    expect(captureQuery(form)).toEqual({
      device: 'gpu',
      packages: 'paddlepaddle-gpu==2.3.2,numpy',
      world_size: undefined,
    });
  });
});
