import { describe, expect, it } from 'vitest';
import { readText } from '../../../../src/domain/classification/search-lines.ts';
import { diagnose } from '../../../../src/domain/diagnosis/diagnose.ts';
import { fillTemplate } from '../../../../src/domain/diagnosis/fill-template.ts';
import {
  describeFinding,
  explainGrouping,
  presentDiagnosis,
} from '../../../../src/domain/diagnosis/present-diagnosis.ts';
import { noOutcomes } from '../../../../src/domain/remedies/outcomes.ts';
import { boundTrace, catalog, corrupted, corruptedFindings, paddle } from './run-evidence.ts';

const input = { text: boundTrace(-1), findings: corruptedFindings, captures: corrupted, context: paddle('2.3.2') };
const diagnosis = diagnose(input, catalog);
if (!diagnosis) throw new Error('no diagnosis');

describe('presentDiagnosis', () => {
  it('conditions titles, steps and evidence on this run', () => {
    const answer = presentDiagnosis(diagnosis, catalog, 'en', noOutcomes);
    expect(answer.title).toContain('-1');
    expect(answer.remediations[0]?.title).toContain('2.3.2');
    expect(answer.remediations[0]?.steps.join()).toContain('2.6.1');
    expect(answer.causes[0]?.evidence.join()).toContain('9 rows differ');
    expect(answer.exception?.frames[0]).toMatchObject({ function: '_df_loss', in_app: true });
    expect(answer.matched).toEqual([{ line: 1, text: 'ValueError: Target -1 is out of lower bound.' }]);
  });

  it('says of the last two remediations that they only hide this cause', () => {
    const answer = presentDiagnosis(diagnosis, catalog, 'en', noOutcomes);
    expect(answer.remediations.slice(3).map((item) => [item.id, /only hides this cause/i.test(item.why)])).toEqual([
      ['widen-reg-range', true],
      ['check-annotations', true],
    ]);
    expect(answer.remediations.every((item) => item.sources.length > 0)).toBe(true);
  });

  it('leaves no placeholder open and speaks Chinese in every text', () => {
    const answer = presentDiagnosis(diagnosis, catalog, 'zh', noOutcomes);
    const texts = [
      answer.title,
      answer.summary,
      ...answer.causes.flatMap((cause) => [cause.title, ...cause.evidence]),
      ...answer.remediations.flatMap((item) => [item.title, item.why, ...item.steps]),
    ];
    for (const text of texts) {
      expect(text).toMatch(/\p{Script=Han}/u);
      expect(text).not.toMatch(/\{[a-z_]+(:-|\})/);
    }
  });

  it('shows no patch that is written in another framework than the run uses', () => {
    const text = 'RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB';
    const patchesOn = (context: typeof input.context) => {
      const made = diagnose({ text: readText(text, catalog), findings: [], captures: null, context }, catalog);
      return made ? presentDiagnosis(made, catalog, 'en', noOutcomes).remediations.map(({ patch }) => patch ?? '') : [];
    };
    const torch = { ...paddle('2.3.2'), environment: { packages: { torch: '2.3.1' } } };
    expect(patchesOn(torch).join('\n')).toContain('torch.');
    expect(patchesOn(paddle('2.3.2')).join('\n')).not.toContain('torch.');
  });

  it('marks evidence that speaks against a cause', () => {
    const doubtful = diagnose({ ...input, findings: [], captures: null, context: paddle('2.3.2', 'linux') }, catalog);
    const answer = doubtful && presentDiagnosis(doubtful, catalog, 'en', noOutcomes);
    const cause = answer?.causes.find(({ id }) => id === 'paddle-masked-select-gpu');
    expect(cause?.evidence.filter((sentence) => sentence.startsWith('Against it:'))).toHaveLength(1);
    expect(cause?.weights.map((weight) => weight < 0)).toEqual(
      cause?.evidence.map((sentence) => sentence.startsWith('Against it:')),
    );
  });
});

describe('fillTemplate', () => {
  it('fills, falls back, and shows what is missing', () => {
    expect(fillTemplate('{a} {b:-none} {c} {d}', { a: 1, b: null, d: [1, 2] })).toBe('1 none ? 1, 2');
  });
  it('shortens long fractions and keeps integers', () => {
    expect(fillTemplate('{a} {b}', { a: 2.833213344, b: 460 })).toBe('2.833 460');
  });
  it('leaves no blank between Chinese words, and those around numbers and Latin words', () => {
    expect(fillTemplate('从 {step:-那一步} 起，{name:-某项} 为 {v}', {})).toBe('从那一步起，某项为 ?');
    expect(fillTemplate('从 {step:-那一步} 起', { step: 20 })).toBe('从 20 起');
  });
});

it('describes a finding with its numbers', () => {
  const data = { step: 3, count: 2, distributions: 80, reg_range: '[0, 17)', target_min: -6.5 };
  expect(describeFinding({ id: 'dfl.target-below-range', data }, catalog, 'en')).toContain(
    '2 of 80 targets lie below [0, 17), down to -6.5',
  );
});

it('says why occurrences are one incident', () => {
  expect(explainGrouping(diagnosis.fingerprintParts, 'en')).toContain('likeliest cause paddle-masked-select-gpu');
});
