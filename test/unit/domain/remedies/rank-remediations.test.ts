import { expect, it } from 'vitest';
import type { CatalogFailure } from '../../../../src/contracts/catalog.ts';
import { readFacts } from '../../../../src/domain/classification/read-facts.ts';
import type { RunContext } from '../../../../src/domain/diagnosis/types.ts';
import { rankRemediations } from '../../../../src/domain/remedies/rank-remediations.ts';
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
