import { describe, expect, it } from 'vitest';
import { checkExpressions } from '../../../../src/domain/catalog/check-expressions.ts';
import { hasNestedRepetition } from '../../../../src/domain/parsing/nested-repetition.ts';

describe('hasNestedRepetition', () => {
  it.each(['(a+)+', '(?:\\s*x*)*', '(?:[^,]*,)+', '((a|b*)c)+', '(?:a{2,}b)*'])('finds it in %s', (source) => {
    expect(hasNestedRepetition(source)).toBe(true);
  });
  it.each(['(?:ab)+', 'a+b*', '(?:a{1,20}b)*', '(a+)?', '(?:\\(\\+)+', '(?:[+*])+', 'x{2}(?:y+)'])(
    'does not find it in %s',
    (source) => {
      expect(hasNestedRepetition(source)).toBe(false);
    },
  );
});

describe('checkExpressions', () => {
  const rule = { id: 'r', confidence: 0.9, source: 's' };
  it('names rule and part of an expression that does not compile, wherever it stands', () => {
    expect(checkExpressions('f.yaml', { ...rule, near: { line: '(', within: 2 } })[0]).toMatch(
      /^f\.yaml: rule r, near\.line: /,
    );
    expect(checkExpressions('f.yaml', { ...rule, unless: ['ok', '['] })[0]).toMatch(/rule r, unless: /);
    expect(checkExpressions('f.yaml', { ...rule, report: { kind: 'abort', text: '(x+)+' } })).toEqual([
      'f.yaml: rule r, report.text: a repetition without bound stands inside another one',
    ]);
  });
});
