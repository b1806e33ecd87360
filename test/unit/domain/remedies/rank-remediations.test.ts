import { describe, expect, it } from 'vitest';
import type { CatalogFailure } from '../../../../src/contracts/catalog.ts';
import { readFacts } from '../../../../src/domain/classification/read-facts.ts';
import type { RunContext } from '../../../../src/domain/diagnosis/types.ts';
import { expectedSuccess, outcomeKey } from '../../../../src/domain/remedies/outcomes.ts';
import { rankRemediations, rerankRemediations } from '../../../../src/domain/remedies/rank-remediations.ts';
import { catalog, context, paddle } from '../diagnosis/run-evidence.ts';

const failure = catalog.failures.get('target-out-of-bound') as CatalogFailure;
const cause = (id: string, confidence: number) => ({ id, confidence, evidence: [] });

function rank(causes: ReturnType<typeof cause>[], run: RunContext) {
  return rankRemediations(failure, causes, run, readFacts({ text: null, captures: null, context: run }));
}

it('adds up over causes and names the one that gives most', () => {
  const ranked = rank([cause('unclipped-targets', 0.6), cause('annotation-scale', 0.4)], context());
  expect(ranked.find(({ id }) => id === 'restore-clip')).toEqual({
    id: 'restore-clip',
    cause: 'unclipped-targets',
    score: 0.76,
  });
  expect(ranked[0]?.id).toBe('check-annotations');
});

it('falls back to general advice for what no cause explains', () => {
  const ranked = rank([], context());
  expect(ranked.map(({ id, cause: because }) => [id, because])).toEqual([
    ['numeric-check-before-loss', null],
    ['check-annotations', null],
  ]);
});

it('leaves out an upgrade from a version that needs none, and keeps it when the version is not known', () => {
  const causes = [cause('paddle-masked-select-gpu', 0.9)];
  const hasUpgrade = (run: RunContext) => rank(causes, run).some(({ id }) => id === 'upgrade-paddlepaddle');
  expect(hasUpgrade(paddle('2.3.2'))).toBe(true);
  expect(hasUpgrade(paddle('2.4.0rc0'))).toBe(true);
  expect(hasUpgrade(paddle('2.6.1'))).toBe(false);
  expect(hasUpgrade(context())).toBe(true);
  expect(hasUpgrade(context({ framework: { name: 'pytorch', version: '2.1' } }))).toBe(false);
});

it.each([
  ['cuda-out-of-memory', 'memory-fragmented', '1.13.1', 'limit-split-size', 'expandable-segments'],
  ['cuda-out-of-memory', 'memory-fragmented', '2.3.0', 'expandable-segments', 'limit-split-size'],
  ['nccl-failure', 'ranks-out-of-step', '2.1.2', 'settings-without-prefix', null],
  ['nccl-failure', 'ranks-out-of-step', '2.4.0', null, 'settings-without-prefix'],
  ['import-error', 'version-differs', '2.2.1', 'torch-for-numpy-2', null],
  ['import-error', 'version-differs', '2.6.0', null, 'torch-for-numpy-2'],
])('conditions the ways out of %s on the version of torch', (id, because, version, offered, left) => {
  const run = context({ framework: { name: 'torch', version } });
  const facts = readFacts({ text: null, captures: null, context: run });
  const wanted = catalog.failures.get(id) as CatalogFailure;
  const ids = rankRemediations(wanted, [cause(because, 0.9)], run, facts).map((each) => each.id);
  if (offered !== null) expect(ids).toContain(offered);
  if (left !== null) expect(ids).not.toContain(left);
});

describe('what people said of remediations', () => {
  const causes = [cause('unclipped-targets', 0.6), cause('annotation-scale', 0.4)];
  const remediations = rank(causes, context());
  const afterwards = (said: [string, string | null, number, number][]) => {
    const outcomes = new Map(
      said.map(([id, of, worked, failed]) => [outcomeKey(failure.id, of, id), { worked, failed }] as const),
    );
    return rerankRemediations(failure, { causes, remediations }, outcomes);
  };

  it('leaves the order as it is while nobody said anything', () => {
    expect(afterwards([]).map(({ id, score }) => [id, score])).toEqual(
      remediations.map(({ id, score }) => [id, score]),
    );
    expect(afterwards([]).every(({ feedback }) => feedback.worked === 0 && feedback.failed === 0)).toBe(true);
  });

  it('moves a remediation that failed for its cause behind others, with the counts', () => {
    const before = remediations.findIndex(({ id }) => id === 'restore-clip');
    const ranked = afterwards([['restore-clip', 'unclipped-targets', 0, 12]]);
    expect(ranked.findIndex(({ id }) => id === 'restore-clip')).toBeGreaterThan(before);
    expect(ranked.find(({ id }) => id === 'restore-clip')?.feedback).toMatchObject({ worked: 0, failed: 12 });
  });

  it('is the mean of a Beta posterior: fit as four people, then everybody counts', () => {
    expect(expectedSuccess(0.5, 0, 0)).toBe(0.5);
    expect(expectedSuccess(0.5, 1, 0)).toBe(0.6);
    expect(expectedSuccess(0.9, 0, 6)).toBe(0.36);
    expect(expectedSuccess(0, 96, 0)).toBe(0.96);
  });

  it('counts per cause: what failed for one says nothing of another', () => {
    const ranked = afterwards([['restore-clip', 'annotation-scale', 0, 50]]);
    expect(ranked.find(({ id }) => id === 'restore-clip')?.feedback.failed).toBe(0);
  });
});
