import { readdirSync, readFileSync } from 'node:fs';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { FormatFile } from '../../../../src/contracts/catalog.ts';
import { checkFormat, compileFormat, parseLine, parseNumber } from '../../../../src/domain/parsing/log-format.ts';
import { paddledetection } from './paddledetection.ts';

describe('catalog/formats', () => {
  it.each(readdirSync('catalog/formats'))('%s fits the schema, and all its samples are read as they say', (file) => {
    const format = parse(readFileSync(`catalog/formats/${file}`, 'utf8'));
    expect(Value.Check(FormatFile, format)).toBe(true);
    expect(`${format.id}.yaml`).toBe(file);
    expect(checkFormat(format)).toEqual([]);
  });
});

describe("PaddleDetection's line", () => {
  const format = compileFormat(paddledetection);

  it('counts steps over epochs', () => {
    expect(parseLine(format, 'Epoch: [2] [ 5/40] learning_rate: 0.1 loss: 2')).toEqual({
      step: 85,
      values: { learning_rate: 0.1, loss: 2 },
    });
  });

  it('does not take the days of an eta for a metric', () => {
    const read = parseLine(
      format,
      'Epoch: [0] [5/40] loss: 2.0 eta: 14 days, 9:30:32 batch_cost: 0.5 ips: 4.0 images/s',
    );
    expect(read?.values).toEqual({ loss: 2, batch_cost: 0.5, ips: 4 });
  });

  it('is not a line whose step is out of range, or that holds no value', () => {
    expect(parseLine(format, 'Epoch: [999999999] [5/999999999] loss: 2')).toBeNull();
    expect(parseLine(format, 'Epoch: [0] [5/40] done')).toBeNull();
  });

  it('keeps at most 64 metrics, and a name like __proto__ as a name', () => {
    const many = Array.from({ length: 100 }, (_, i) => `m${i}: ${i}`).join(' ');
    expect(Object.keys(parseLine(format, `Epoch: [0] [0/4] ${many}`)?.values ?? {})).toHaveLength(64);
    const odd = parseLine(format, 'Epoch: [0] [0/4] __proto__: 5 loss: 1')?.values ?? {};
    expect(Object.entries(odd)).toEqual([
      ['__proto__', 5],
      ['loss', 1],
    ]);
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
    ['Infinity', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['1931307253760.000000', 1931307253760],
    ['-1.5E-3', -0.0015],
    ['7', 7],
  ])('reads %s as %d', (text, value) => {
    expect(parseNumber(text)).toBe(value);
  });

  it.each(['', '9:30:32', '1.2.3', 'images/s', '0x10', 'none', '-', '12MB'])(
    'does not take %j for a number',
    (text) => {
      expect(parseNumber(text)).toBeNull();
    },
  );
});

describe('checkFormat', () => {
  const sample = { text: 'Epoch: [0] [1/4] loss: 2.0', step: 1, values: { loss: 2 } };

  it('names the sample that is read otherwise', () => {
    const wrongStep = checkFormat({ ...paddledetection, samples: [{ ...sample, step: 2 }] });
    expect(wrongStep).toEqual(['formats/paddledetection: sample "Epoch: [0] [1/4] loss: 2.0": gives step 1, not 2']);
    const wrongValues = checkFormat({ ...paddledetection, samples: [{ ...sample, values: { loss: 3 } }] });
    expect(wrongValues[0]).toContain('gives loss=2, not loss=3');
    const unexpected = checkFormat({ ...paddledetection, samples: [{ text: sample.text }] });
    expect(unexpected[0]).toContain('has no expected values');
    const unread = checkFormat({ ...paddledetection, samples: [{ ...sample, text: 'nothing' }] });
    expect(unread[0]).toContain('is not read as a metric line');
  });

  it('reports an expression that does not compile', () => {
    expect(checkFormat({ ...paddledetection, line: '(' })[0]).toContain(
      'formats/paddledetection: Invalid regular expression',
    );
  });
});
