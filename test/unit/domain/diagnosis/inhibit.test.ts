import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../../src/contracts/findings.ts';
import { diagnoseRun } from '../../../../src/domain/diagnosis/diagnose-run.ts';
import { catalog, context, exception, finding, parsed } from './run-evidence.ts';

const at = (step: number, id: string): Finding => ({ ...finding(id, { name: 'loss' }), step });

function diagnosesOf(findings: Finding[], crash: string | null = null) {
  const trace = { id: 't', origin: 'log' as const, step: 900, rank: 0 };
  const traces = crash === null ? [] : [{ ...trace, parsed: parsed(exception('RuntimeError', crash)) }];
  return diagnoseRun(traces, findings, null, context(), catalog).map(({ diagnosis, findings: own }) => ({
    class: diagnosis.class,
    findings: own.map(({ id }) => id),
  }));
}

describe('what follows from a root failure', () => {
  it('joins the NaN: spikes, mismatches and gradients after it', () => {
    const ids = [
      'metric.non-finite',
      'metric.spike',
      'metric.gradient-exploding',
      'dfl.loss-mismatch',
      'metric.plateau',
    ];
    const [only, ...others] = diagnosesOf(ids.map((id, index) => at(100 + index, id)));
    expect(others).toEqual([]);
    expect(only?.class).toBe('loss-nan');
    expect(only?.findings.sort()).toEqual([...ids].sort());
  });

  it('leaves a mismatch that was there long before the NaN an incident of its own', () => {
    expect(diagnosesOf([at(10, 'dfl.loss-mismatch'), at(100, 'metric.non-finite')]).map((each) => each.class)).toEqual([
      'loss-nan',
      'dfl-mismatch',
    ]);
  });

  it('joins the divergence: the spike with which it began', () => {
    expect(diagnosesOf([at(90, 'metric.spike'), at(120, 'metric.diverging')])).toEqual([
      { class: 'loss-divergence', findings: ['metric.spike', 'metric.diverging'] },
    ]);
  });

  it('a crash takes the silence after it', () => {
    expect(diagnosesOf([at(900, 'run.stalled')]).map((each) => each.class)).toEqual(['run-stalled']);
    expect(
      diagnosesOf([at(900, 'run.stalled')], 'CUDA out of memory. Tried to allocate 2.00 GiB').map((each) => each.class),
    ).toEqual(['cuda-out-of-memory']);
  });

  it('unrelated failures stay apart', () => {
    const both = diagnosesOf([at(100, 'metric.non-finite'), at(50, 'metric.throughput-drop')]);
    expect(both.map((each) => each.class).sort()).toEqual(['loss-nan', 'throughput-drop']);
  });
});
