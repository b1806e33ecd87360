import { describe, expect, it } from 'vitest';
import { emptyForm, textOf, toRequest } from '../../../web/src/diagnose/diagnosis-form.ts';

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
    const form = { ...emptyForm, text: 'typed', file: { name: 'train.log', text: 'dropped' }, device: ' gpu ' };
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
