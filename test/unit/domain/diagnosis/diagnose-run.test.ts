import { describe, expect, it } from 'vitest';
import { diagnoseRun, type RunTrace } from '../../../../src/domain/diagnosis/diagnose-run.ts';
import type { ParsedText } from '../../../../src/domain/parsing/types.ts';
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

function traces(...texts: ParsedText[]): RunTrace[] {
  return texts.map((text, rank) => ({ id: `trace-${rank}`, parsed: text, origin: 'log' as const, step: 1, rank }));
}

const outOfMemory = parsed(exception('RuntimeError', 'CUDA out of memory. Tried to allocate 2.00 GiB'));

describe('diagnoseRun', () => {
  it('makes one diagnosis of one failure on two ranks, with the evidence of tensors and numbers', () => {
    const [only, ...others] = diagnoseRun(
      traces(boundTrace(460), boundTrace(-37)),
      corruptedFindings,
      corrupted,
      paddle('2.3.2'),
      catalog,
    );
    expect(others).toEqual([]);
    expect(only?.traceIds).toEqual(['trace-0', 'trace-1']);
    expect(only?.findings).toEqual(corruptedFindings);
    expect(only?.diagnosis.causes[0]?.id).toBe('paddle-masked-select-gpu');
  });

  it('keeps an unrelated crash apart from what the tensors say', () => {
    const result = diagnoseRun(traces(outOfMemory), corruptedFindings, corrupted, paddle('2.3.2'), catalog);
    expect(result.map(({ diagnosis }) => diagnosis.class)).toEqual(['cuda-out-of-memory', 'selection-corrupted']);
    expect(result[0]?.findings).toEqual([]);
    expect(result[1]?.traceIds).toEqual([]);
  });

  it('makes two diagnoses of two different crashes', () => {
    const result = diagnoseRun(traces(outOfMemory, boundTrace(6)), [], null, context(), catalog);
    expect(result.map(({ diagnosis }) => diagnosis.class)).toEqual(['cuda-out-of-memory', 'target-out-of-bound']);
  });

  it('lets the failure that a trace tells take in what the launcher says of it, in whatever order they come', () => {
    const childFailed = parsed(
      exception('torch.distributed.elastic.multiprocessing.errors.ChildFailedError', 'train.py FAILED'),
    );
    for (const order of [traces(boundTrace(6), childFailed), traces(childFailed, boundTrace(6))]) {
      const result = diagnoseRun(order, [], null, context(), catalog);
      expect(result.map(({ diagnosis }) => diagnosis.class)).toEqual(['target-out-of-bound']);
      expect(result[0]?.traceIds.toSorted()).toEqual(['trace-0', 'trace-1']);
    }
    const alone = diagnoseRun(traces(childFailed), [], null, context(), catalog);
    expect(alone.map(({ diagnosis }) => diagnosis.class)).toEqual(['rank-failure']);
  });

  it('lets NaN take divergence in, and the trace take both in', () => {
    const findings = [
      finding('metric.diverging', { name: 'loss' }),
      finding('metric.non-finite', { name: 'loss', value: 'NaN' }),
    ];
    const numbers = diagnoseRun([], findings, null, context(), catalog);
    expect(numbers.map(({ diagnosis }) => diagnosis.class)).toEqual(['loss-nan']);
    expect(numbers[0]?.findings).toEqual(findings);
    const crash = diagnoseRun(traces(boundTrace('-9223372036854775808')), findings, null, context(), catalog);
    expect(crash.map(({ diagnosis }) => diagnosis.class)).toEqual(['target-out-of-bound']);
    expect(crash[0]?.findings).toEqual(findings);
  });

  it('lets a corrupted selection take in the loss that differs because of it', () => {
    const findings = [
      finding('dfl.selection-mismatch'),
      finding('dfl.loss-mismatch'),
      finding('dfl.targets-saturated'),
    ];
    const result = diagnoseRun(
      [],
      findings,
      captureFacts({ selectionMismatched: 1, mismatchedRows: 2 }),
      context(),
      catalog,
    );
    expect(result.map(({ diagnosis }) => diagnosis.class)).toEqual(['selection-corrupted']);
    expect(result[0]?.findings).toEqual(findings);
  });

  it('finds nothing in a healthy run, whatever evidence of no failure there is', () => {
    expect(diagnoseRun([], [], captureFacts(), paddle('2.3.2'), catalog)).toEqual([]);
    expect(
      diagnoseRun(
        [],
        [finding('metric.absurd-first-loss'), finding('metric.impossible-value')],
        null,
        context(),
        catalog,
      ),
    ).toEqual([]);
  });

  it('names the wrong divisor behind a reported loss', () => {
    const findings = [finding('dfl.loss-mismatch', { ratio: 4, reasons: ['summed-over-ranks'] })];
    const [only] = diagnoseRun([], findings, captureFacts(), context(), catalog);
    expect(only?.diagnosis.class).toBe('dfl-mismatch');
    expect(only?.diagnosis.causes[0]?.id).toBe('wrong-normalizer');
  });
});
