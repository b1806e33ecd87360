import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildScanner, scanLiterals } from '../../../../src/domain/parsing/literal-scan.ts';
import { markLines, readySearch } from '../../../../src/domain/parsing/mark-lines.ts';
import { requiredLiterals } from '../../../../src/domain/parsing/required-literals.ts';
import { readTestCatalog } from '../../../support/catalog.ts';
import { tracebacks } from './tracebacks.ts';

const catalog = await readTestCatalog();
const rules = [...catalog.failures.values()].flatMap((failure) => failure.rules);
const expressions = [
  ...rules.flatMap(({ line, message, exception }) => [line, message, exception].filter((part) => part !== undefined)),
  ...catalog.formats.flatMap(({ lines }) => lines.map(({ match }) => match)),
];
const samples = [
  ...tracebacks.map(({ text }) => text),
  ...[...catalog.failures.values()].flatMap(({ samples: { matches } }) => matches.map(({ text }) => text)),
];

describe('scanLiterals', () => {
  it('finds what searching for each literal alone finds', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é'), minLength: 3, maxLength: 12 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é', ' ', '\n'), maxLength: 300 });
    fc.assert(
      fc.property(fc.uniqueArray(word, { minLength: 1, maxLength: 12 }), text, (literals, hay) => {
        const found: string[] = [];
        const lines = hay.split('\n');
        scanLiterals(buildScanner(literals), lines, (id, line) => found.push(`${id} ${line}`));
        const expected = lines.flatMap((line, number) =>
          literals.flatMap((literal, id) =>
            [...line].flatMap((_, index) => (line.startsWith(literal, index) ? [`${id} ${number}`] : [])),
          ),
        );
        expect(found.sort()).toEqual(expected.sort());
      }),
    );
  });

  it('refuses a literal that is too short', () => {
    expect(() => buildScanner(['ok then', 'ab'])).toThrow(/"ab" is too short/);
  });
});

describe('requiredLiterals', () => {
  it.each([
    ['CUDA out of memory\\. Tried', ['CUDA out of memory. Tried']],
    ['^\\s*(?:foo|ba[rz]s) \\d+', ['foo ', 'bars ', 'bazs ']],
    ['(?<name>\\w+) is not in the registry', [' is not in the registry']],
    ['loss\\w*[:=]\\s*(?:nan|inf)', ['nan', 'inf']],
    ['(?:abc)?defg', ['defg']],
    ['x+yz{2,3}abcd', ['abcd']],
    ['long words here(?!not this very long text)', ['long words here']],
    ['(?:abc|\\d+)', null],
    ['a?b*', null],
    ['[a-z]+', null],
    ['\\u0041bcdef', ['bcdef']],
  ])('of %s are %j', (source, expected) => {
    expect(requiredLiterals(source)).toEqual(expected);
  });

  it('are in whatever an expression of the catalog matches', () => {
    for (const expression of expressions) {
      const literals = requiredLiterals(expression);
      const found = samples.flatMap((text) => [...text.matchAll(new RegExp(expression, 'gm'))].map(([match]) => match));
      for (const match of found) {
        if (literals)
          expect(
            literals.some((literal) => match.includes(literal)),
            `${expression} in ${match}`,
          ).toBe(true);
      }
    }
  });
});

describe('markLines', () => {
  const candidatesIn = (lines: string[], wanted: string[]) => markLines(lines, readySearch([], wanted)).candidates;

  it('names every line that an expression of the catalog matches, in any text', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(samples, { minLength: 1, maxLength: 6 }), (texts) => {
        const lines = texts.join('\n').split('\n');
        const candidates = candidatesIn(lines, expressions);
        for (const expression of expressions) {
          const regex = new RegExp(expression, 'm');
          const known = candidates.get(expression);
          const matching = lines.flatMap((line, number) => (regex.test(line) ? [number] : []));
          if (known) expect(known).toEqual(expect.arrayContaining(matching));
        }
      }),
      { numRuns: 10 },
    );
  });

  it('finds the same in lines that differ in their figures from those before', () => {
    const wanted = ['Errno 28', 'loss: 0\\.000', 'e-00', 'Xid', 'it/s, ', 'of 17'];
    const literals = wanted.map((source) => source.replace('\\', ''));
    const ready = readySearch([], wanted);
    const figure = fc.constantFrom('0', '7', '17', '28', '281', '0.0001', '0.25', '3.1e-00', '3.1e-05', '12e+00');
    const line = fc
      .tuple(
        fc.constantFrom('loss: ', 'OSError: [Errno ', ' 5%|██  | it/s, ', ' 9%|█| it/s, ', 'Xid of ', ''),
        figure,
        figure,
      )
      .map(([start, one, other]) => `${start}${one} of ${other}`);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), (lines) => {
        const { candidates } = markLines(lines, ready);
        const holding = (literal: string) => lines.flatMap((text, place) => (text.includes(literal) ? [place] : []));
        expect(wanted.map((source) => candidates.get(source))).toEqual(literals.map(holding));
      }),
    );
  });

  it('says nothing of an expression that requires no literal', () => {
    const candidates = candidatesIn(['hay', 'a needle', 'needle needle'], ['\\d+', 'needle']);
    expect([...candidates]).toEqual([['needle', [1, 2]]]);
  });
});
