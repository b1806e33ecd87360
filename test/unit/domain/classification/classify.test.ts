import { describe, expect, it } from 'vitest';
import type { Catalog, CatalogFailure } from '../../../../src/contracts/catalog.ts';
import { classify } from '../../../../src/domain/classification/classify.ts';
import { readText } from '../../../../src/domain/classification/search-lines.ts';
import { emptyText } from '../../../../src/domain/parsing/crash-reports.ts';
import { exception, parsed, catalog as real } from '../diagnosis/run-evidence.ts';

type Rule = CatalogFailure['rules'][number];

function catalogOf(classes: Record<string, { rules: Partial<Rule>[]; absorbs?: string[] }>): Catalog {
  const unknown = real.failures.get('unknown') as CatalogFailure;
  const failures = Object.entries(classes).map(([id, { rules, absorbs }]): [string, CatalogFailure] => [
    id,
    {
      ...unknown,
      id,
      absorbs: absorbs ?? [],
      rules: rules.map((rule, index) => ({ id: `r${index}`, confidence: 0.9, source: 'test', ...rule })),
    },
  ]);
  return { ...real, failures: new Map([...failures, ['unknown', unknown]]) };
}

const text = parsed(exception('RuntimeError', 'first 1'), exception('RuntimeError', 'first 2'));

describe('classify', () => {
  it('reads a calibrated confidence off the belief of a single rule', () => {
    expect(classify(text, catalogOf({ a: { rules: [{ message: 'first', confidence: 0.8 }] } }))).toMatchObject({
      class: 'a',
      confidence: 0.8766,
    });
  });
  it('shares between rivals and lists the loser', () => {
    const result = classify(
      text,
      catalogOf({ a: { rules: [{ message: 'first' }] }, b: { rules: [{ line: 'first', confidence: 0.6 }] } }),
    );
    expect(result.class).toBe('a');
    expect(result.confidence).toBeLessThan(0.9);
    expect(result.alternatives.map((item) => item.class)).toEqual(['b']);
  });
  it('lets a rule rule a class out', () => {
    const rules = {
      a: { rules: [{ message: 'first', confidence: 0.8, rules_out: ['b'] }] },
      b: { rules: [{ line: 'first', confidence: 0.95 }] },
    };
    expect(classify(text, catalogOf(rules)).class).toBe('a');
    const without = { ...rules, a: { rules: [{ message: 'first', confidence: 0.8 }] } };
    expect(classify(text, catalogOf(without)).class).toBe('b');
  });
  it('does not let a symptom compete with what absorbs it', () => {
    const rules = {
      a: { rules: [{ message: 'first', confidence: 0.8 }], absorbs: ['b'] },
      b: { rules: [{ line: 'first', confidence: 0.95 }] },
    };
    expect(classify(text, catalogOf(rules))).toMatchObject({ class: 'a', confidence: 0.8766 });
  });
  it('is unknown below the floor, and says what it was nearest to', () => {
    const result = classify(text, catalogOf({ a: { rules: [{ message: 'first', confidence: 0.4 }] } }));
    expect(result.class).toBe('unknown');
    expect(result.alternatives).toMatchObject([{ class: 'a', confidence: 0.4, why: { kind: 'weaker' } }]);
  });
  it('chooses the first exception over its echoes', () => {
    expect(classify(text, catalogOf({ a: { rules: [{ message: 'first' }] } })).exception?.message).toBe('first 1');
  });
  it('chooses the original of a chain when that is what a rule explains', () => {
    const [cause, echo] = [exception('ValueError', 'origin'), exception('RuntimeError', 'wrapper')];
    const chained = {
      ...parsed(cause, echo),
      traces: [{ chain: [cause, echo], rank: null, lines: [0, 1] as [number, number], echo: null }],
    };
    expect(classify(chained, catalogOf({ a: { rules: [{ message: 'origin' }] } })).exception?.message).toBe('origin');
    expect(classify(chained, catalogOf({ a: { rules: [{ message: 'nowhere' }] } })).exception?.message).toBe('wrapper');
  });
  it('needs every part of a rule to hold', () => {
    const rule = { exception: 'RuntimeError', message: 'first', frame: 'df_loss' };
    expect(classify(text, catalogOf({ a: { rules: [rule] } })).class).toBe('unknown');
  });
  it('lets a line rule that spans lines see the two that follow', () => {
    const lines = { ...emptyText(), lines: ['got Tensor(', '  [7])', 'end'] };
    const result = classify(lines, catalogOf({ a: { rules: [{ line: 'Tensor\\(\\n\\s*\\[(?<n>\\d+)\\]' }] } }));
    expect(result.matches[0]).toMatchObject({ captures: { n: '7' }, lines: [0] });
  });
});

describe('a warning that healthy runs print too', () => {
  const skipped =
    "WARNING [fvcore.common.checkpoint] Skip loading parameter 'roi_heads.box_predictor.cls_score.weight' to the model " +
    'due to incompatible shapes: (81, 1024) in the checkpoint but (11, 1024) in the model! You might want to double check.\n';
  const inPaddle =
    '[WARNING] [ppdet.utils.checkpoint] The shape [80] in pretrained weight yolo_head.bias is unmatched\n';
  const crash = (final: string) =>
    `Traceback (most recent call last):\n  File "train.py", line 12, in <module>\n    main()\n${final}\n`;
  const read = (text: string) => classify(readText(text, real), real);

  it('is the answer where nothing else failed', () => {
    expect(read(skipped).class).toBe('checkpoint-mismatch');
  });
  it.each([
    [
      'nccl-failure',
      'RuntimeError: NCCL error in: ../torch/lib/c10d/ProcessGroupNCCL.cpp:784, unhandled system error, NCCL version 2.7.8',
    ],
    [
      'cublas-failure',
      'RuntimeError: CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `cublasSgemm( handle, opa)`',
    ],
    ['cudnn-failure', 'RuntimeError: cuDNN error: CUDNN_STATUS_NOT_INITIALIZED'],
    ['rank-failure', 'torch.distributed.elastic.multiprocessing.errors.ChildFailedError: train.py FAILED'],
    ['unknown', 'RuntimeError: the moon is in the wrong phase'],
  ])('takes nothing from a crash of class %s', (wanted, final) => {
    for (const warning of [skipped, skipped.repeat(6), inPaddle]) {
      const [alone, beside] = [read(crash(final)), read(warning + crash(final))];
      expect(beside.class).toBe(wanted);
      expect(beside.confidence).toBe(alone.confidence);
    }
  });
});
