import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../../src/domain/diagnosis/diagnose.ts';
import type { DiagnosisInput } from '../../../../src/domain/diagnosis/types.ts';
import { emptyText } from '../../../../src/domain/parsing/crash-reports.ts';
import {
  boundTrace,
  captureFacts,
  catalog,
  context,
  corrupted,
  corruptedFindings,
  exception,
  finding,
  paddle,
  parsed,
} from './run-evidence.ts';

function judge(parts: Partial<DiagnosisInput>) {
  const diagnosis = diagnose({ text: null, findings: [], captures: null, context: context(), ...parts }, catalog);
  if (!diagnosis) throw new Error('no diagnosis');
  const remedies = diagnosis.remediations.map((remediation) => remediation.id);
  return { diagnosis, class: diagnosis.class, cause: diagnosis.causes[0], remedies };
}

describe('the corrupted selection on PaddlePaddle 2.3.2, GPU, Windows', () => {
  it.each([-1, 28, 60, 92, 460, -37])('is found behind Target %i with tensors, near certainty', (n) => {
    const {
      class: name,
      cause,
      remedies,
    } = judge({
      text: boundTrace(n),
      findings: corruptedFindings,
      captures: corrupted,
      context: paddle('2.3.2'),
    });
    expect(name).toBe('target-out-of-bound');
    expect(cause?.id).toBe('paddle-masked-select-gpu');
    expect(cause?.confidence).toBeGreaterThanOrEqual(0.9);
    expect(remedies).toEqual([
      'upgrade-paddlepaddle',
      'run-on-cpu',
      'numeric-check-before-loss',
      'widen-reg-range',
      'check-annotations',
    ]);
  });

  it('is likely but not certain from the environment alone', () => {
    const { cause, remedies } = judge({ text: boundTrace(-1), context: paddle('2.3.2') });
    expect(cause?.id).toBe('paddle-masked-select-gpu');
    expect(cause?.confidence).toBeGreaterThan(0.6);
    expect(cause?.confidence).toBeLessThan(0.85);
    expect(remedies.slice(0, 3)).toEqual(['upgrade-paddlepaddle', 'run-on-cpu', 'numeric-check-before-loss']);
  });

  it('is found from the tensors before any trace came', () => {
    const { class: name, cause } = judge({
      findings: corruptedFindings,
      captures: corrupted,
      context: paddle('2.3.2'),
    });
    expect(name).toBe('selection-corrupted');
    expect(cause?.id).toBe('paddle-masked-select-gpu');
  });
});

describe('the same message with another cause', () => {
  it.each([
    [6, 'num-classes-too-small'],
    [-1, 'label-shift-or-ignore-index'],
    [255, 'label-shift-or-ignore-index'],
    [40, 'mask-values-not-class-ids'],
  ])('names a label cause for Target %i when the selection is intact and in range, even on 2.3.2', (n, wanted) => {
    const { cause, diagnosis, remedies } = judge({
      text: boundTrace(n),
      captures: captureFacts(),
      context: paddle('2.3.2', 'Windows 10', { numClasses: 6 }),
    });
    expect(cause?.id).toBe(wanted);
    const refuted = diagnosis.causes.find(({ id }) => id === 'paddle-masked-select-gpu');
    expect(refuted?.confidence ?? 0).toBeLessThan(0.05);
    expect(['set-num-classes', 'check-annotations', 'fix-label-offset', 'convert-masks']).toContain(remedies[0]);
    expect(remedies).not.toContain('upgrade-paddlepaddle');
  });

  it.each([
    ['negative distances', { belowRange: 4, targetMin: -3.2 }, -4, 'unclipped-targets', 'restore-clip'],
    [
      'distances a little above the top',
      { aboveRange: 4, targetMax: 21 },
      19,
      'reg-range-too-narrow',
      'widen-reg-range',
    ],
    ['distances of another scale', { aboveRange: 4, targetMax: 212 }, 119, 'annotation-scale', 'check-annotations'],
  ])('blames the source for %s selected faithfully', (_, facts, n, wanted, remedy) => {
    const { cause, remedies } = judge({
      text: boundTrace(n),
      captures: captureFacts({ outOfRange: 2, ...facts }),
      context: paddle('2.3.2'),
    });
    expect(cause?.id).toBe(wanted);
    expect(remedies[0]).toBe(remedy);
  });

  it.each([
    ['2.6.1', 'Windows 10'],
    ['2.4.0', 'linux'],
    ['2.2.2', 'Windows 10'],
  ])('does not blame masked_select on PaddlePaddle %s', (version, os) => {
    const { cause } = judge({ text: boundTrace(-1), context: paddle(version, os) });
    expect(cause?.id).not.toBe('paddle-masked-select-gpu');
  });

  it('does not call the class head too small for a value that it has a class for', () => {
    const { cause } = judge({
      text: boundTrace(28),
      captures: captureFacts(),
      context: paddle('2.3.2', 'Windows 10', { numClasses: 80 }),
    });
    expect(cause?.id).toBe('corrupt-batch');
  });

  it('does not blame masked_select on the CPU, nor offer the CPU there', () => {
    const { cause, remedies } = judge({
      text: boundTrace(-1),
      context: paddle('2.3.2', 'Windows 10', { device: 'cpu' }),
    });
    expect(cause?.id).not.toBe('paddle-masked-select-gpu');
    expect(remedies).not.toContain('run-on-cpu');
  });

  it('finds the head that cannot take a negative reg_range, nested deep in the config', () => {
    const config = { PPYOLOEHead: { nested: { reg_range: [-2, 17] } } };
    const { cause } = judge({ text: boundTrace(-2), context: paddle('2.6.1', 'linux', { config }) });
    expect(cause?.id).toBe('reg-range-head-mismatch');
  });

  it('finds the margin that 16 bits lose', () => {
    const { cause } = judge({ text: boundTrace(17), context: paddle('2.6.1', 'linux', { config: { amp: true } }) });
    expect(cause?.id).toBe('low-precision-clip');
  });

  it.each([
    ['-9223372036854775808', 'numeric-overflow'],
    ['4294967296', 'corrupted-target-buffer'],
    ['-4844520860993308645', 'corrupted-target-buffer'],
  ])('reads the bytes of Target %s on Linux', (n, wanted) => {
    expect(judge({ text: boundTrace(n), context: paddle('2.3.1', 'linux') }).cause?.id).toBe(wanted);
  });

  it('believes neither labels nor selection when 0 breaks the lower bound', () => {
    expect(judge({ text: boundTrace(0, 'lower'), context: paddle('2.3.1', 'linux') }).cause?.id).toBe(
      'corrupted-target-buffer',
    );
  });
});

describe('what is not known', () => {
  it('is unknown when no rule fits the exception', () => {
    const { class: name, diagnosis } = judge({ text: parsed(exception('KeyError', "'bbox'")) });
    expect(name).toBe('unknown');
    expect(diagnosis.confidence).toBeLessThan(0.5);
    expect(diagnosis.exception?.type).toBe('KeyError');
    expect(diagnosis.remediations.length).toBeGreaterThan(0);
  });

  it('is unknown without exception when the text says nothing', () => {
    const { class: name, diagnosis } = judge({ text: { ...emptyText(), lines: ['all is well'] } });
    expect(name).toBe('unknown');
    expect(diagnosis.exception).toBeNull();
  });

  it('is no diagnosis when there is neither text nor a finding that means a failure', () => {
    const input = {
      text: null,
      findings: [finding('metric.absurd-first-loss')],
      captures: captureFacts(),
      context: context(),
    };
    expect(diagnose(input, catalog)).toBeNull();
  });
});

it('gives the same answer however often it is asked', () => {
  const input = { text: boundTrace(-1), findings: corruptedFindings, captures: corrupted, context: paddle('2.3.2') };
  expect(diagnose(input, catalog)).toEqual(diagnose(structuredClone(input), catalog));
});
