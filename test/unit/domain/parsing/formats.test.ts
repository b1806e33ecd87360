import { describe, expect, it } from 'vitest';
import type { FormatFile } from '../../../../src/contracts/log-format.ts';
import { checkFormats } from '../../../../src/domain/parsing/formats/check-formats.ts';
import { compileFormat } from '../../../../src/domain/parsing/formats/compile-format.ts';
import { parseDuration, parseNumber } from '../../../../src/domain/parsing/formats/numbers.ts';
import { orderFormats } from '../../../../src/domain/parsing/formats/order-formats.ts';
import { readSample } from '../../../../src/domain/parsing/formats/read-sample.ts';
import { isWindowed } from '../../../../src/domain/parsing/formats/windowed.ts';
import { paddledetection } from './paddledetection.ts';

const format: FormatFile = {
  id: 'made-up',
  title: 'Made up',
  source: 'this test',
  steps: 'at',
  window: 'exact',
  lines: [{ match: '^made-up (?<iteration>\\d+) (?<loss>\\S+)$', step: { is: 'iteration' } }],
  samples: [{ text: 'made-up 4 2.5', points: [{ step: 4, values: { loss: 2.5 } }] }],
};

describe("PaddleDetection's line", () => {
  const read = (text: string) => readSample([compileFormat(paddledetection)], text);

  it('counts steps over epochs', () => {
    expect(read('Epoch: [2] [ 5/40] learning_rate: 0.1 loss: 2')).toEqual([
      { step: 85, rank: 0, values: { learning_rate: 0.1, loss: 2 } },
    ]);
  });

  it('is not a line whose step is out of range, or that holds no value', () => {
    expect(read('Epoch: [999999999] [5/999999999] loss: 2')).toEqual([]);
    expect(read('Epoch: [0] [5/40] done')).toEqual([]);
  });

  it('keeps at most 64 metrics, and a name like __proto__ as a name', () => {
    const many = Array.from({ length: 100 }, (_, i) => `m${i}: ${i}`).join(' ');
    expect(Object.keys(read(`Epoch: [0] [0/4] ${many}`)[0]?.values ?? {})).toHaveLength(64);
    const odd = read('Epoch: [0] [0/4] __proto__: 5 loss: 1')[0]?.values ?? {};
    expect(Object.entries(odd)).toEqual([
      ['__proto__', 5],
      ['loss', 1],
    ]);
  });

  it('prints medians, but for the learning rate, memory and the time left', () => {
    const windowed = ['loss', 'loss_dfl', 'batch_cost', 'learning_rate', 'eta', 'max_mem_allocated'].filter((name) =>
      isWindowed([paddledetection], 'paddledetection', name),
    );
    expect(windowed).toEqual(['loss', 'loss_dfl', 'batch_cost']);
    expect(isWindowed([paddledetection], null, 'loss')).toBe(false);
  });
});

describe('parseNumber', () => {
  it.each(['nan', 'NaN', 'NAN', '-nan', 'nan.0', "'nan'"])('reads %s as NaN', (text) => {
    expect(parseNumber(text)).toBeNaN();
  });

  it.each([
    ['inf', Number.POSITIVE_INFINITY],
    ['+Inf', Number.POSITIVE_INFINITY],
    ['-inf', Number.NEGATIVE_INFINITY],
    ['inf.0', Number.POSITIVE_INFINITY],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['1931307253760.000000', 1931307253760],
    ['-1.5E-3', -0.0015],
    ['7', 7],
  ])('reads %s as %d', (text, value) => {
    expect(parseNumber(text)).toBe(value);
  });

  it.each(['', '9:30:32', '1.2.3', 'images/s', '0x10', 'None', 'none', '-', '12MB'])(
    'does not take %j for a number',
    (text) => {
      expect(parseNumber(text)).toBeNull();
    },
  );
});

it.each([
  ['0:41:26', 2486],
  ['1 day, 0:00:01', 86_401],
  ['14 days, 9:30:32', 1_243_832],
  ['101:00:00', 363_600],
  ['9:30', null],
  ['soon', null],
])('a duration of %s is %s seconds', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

describe('checkFormats', () => {
  it('names the sample that is read otherwise', () => {
    const [text] = ['made-up 4 2.5'];
    const wrong = (points: FormatFile['samples'][number]['points']) =>
      checkFormats([{ ...format, samples: [{ text, points }] }])[0];
    expect(checkFormats([format])).toEqual([]);
    expect(wrong([{ step: 2, values: { loss: 2.5 } }])).toContain('gives step 4, not 2');
    expect(wrong([{ step: 4, values: { loss: 3 } }])).toContain('gives step 4: loss=2.5, not step 4: loss=3');
    expect(wrong(undefined)).toContain('is read as a metric line: step 4: loss=2.5');
  });

  it('reports an expression that does not compile, or that would have to be tried on every line', () => {
    const withLine = (match: string) => checkFormats([{ ...format, lines: [{ match, step: { is: 'last' } }] }])[0];
    expect(withLine('(')).toContain('formats/made-up: Invalid regular expression');
    expect(withLine('^(?<loss>\\d+)$')).toContain('every line would have to be tried');
    expect(withLine('^loss (?<loss>(\\d+)+)$')).toContain('a repetition without bound stands inside another one');
  });
});

describe('orderFormats', () => {
  const greedy: FormatFile = {
    ...format,
    id: 'a-greedy',
    lines: [{ match: 'made-up (?<iteration>\\d+) .*?(?<loss>\\d)$', step: { is: 'iteration' } }],
    samples: [{ text: 'ready-made-up 1 7', points: [{ step: 1, values: { loss: 7 } }] }],
  };

  it('puts a format behind those whose samples it would read wrongly, whatever their names', () => {
    expect(orderFormats([greedy, format]).files.map(({ id }) => id)).toEqual(['made-up', 'a-greedy']);
    expect(checkFormats([greedy, format])).toEqual([]);
  });

  it('reports formats of which each misreads the other', () => {
    const other = { ...greedy, id: 'b-greedy', samples: [{ text: 'made-up 1 5', points: [{ step: 2, values: {} }] }] };
    const both = orderFormats([greedy, { ...other, lines: [{ match: 'made-up (?<loss>\\d)', step: { is: 'last' } }] }]);
    expect(both.conflicts).toHaveLength(1);
  });
});
