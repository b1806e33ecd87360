import { describe, expect, it } from 'vitest';
import { parseText } from '../../../../src/domain/parsing/parse-text.ts';
import type { ParsedTrace } from '../../../../src/domain/parsing/types.ts';
import { paddledetection } from './paddledetection.ts';
import { tracebacks } from './tracebacks.ts';

const parse = (text: string) => parseText(text, [paddledetection]);

function outline({ chain, rank }: ParsedTrace) {
  const exceptions = chain.map(({ type, message, frames }) => ({
    type,
    message,
    frames: frames.map((frame) => frame.function ?? frame.file),
  }));
  return { ...(rank === null ? {} : { rank }), chain: exceptions };
}

describe('parseText', () => {
  it.each(tracebacks)('reads $title', ({ text, traces }) => {
    expect(parse(text).traces.map(outline)).toEqual(traces);
  });

  it('gives file, line, source and place of every frame, and the lines of the report', () => {
    const { traces } = parse(`start
Traceback (most recent call last):
  File "E:\\my env\\lib\\site-packages\\paddle\\nn\\loss.py", line 1719, in cross_entropy
    label_min.item()))
  File "C:\\Python37\\lib\\threading.py", line 9, in run
  File "tools\\train.py", line 12, in <module>
    main(
        ~
      cfg)
ValueError: no

end`);
    expect(traces[0]?.lines).toEqual([1, 9]);
    expect(traces[0]?.chain[0]?.lines).toEqual([1, 9]);
    expect(traces[0]?.chain[0]?.frames).toEqual([
      {
        file: 'E:\\my env\\lib\\site-packages\\paddle\\nn\\loss.py',
        line: 1719,
        function: 'cross_entropy',
        source: 'label_min.item()))',
        inApp: false,
      },
      { file: 'C:\\Python37\\lib\\threading.py', line: 9, function: 'run', source: null, inApp: false },
      { file: 'tools\\train.py', line: 12, function: '<module>', source: 'main(\ncfg)', inApp: true },
    ]);
  });

  it.each([
    ['an exception group', ['member', 'member', 'member', 'cause']],
    ["mp.spawn's report", ['quoted']],
    ["a notebook's traceback, new style", ['context']],
    ['a chain with both links', ['cause', 'context']],
  ])('tells how the exceptions of %s hang together', (title, links) => {
    const { text } = tracebacks.find((sample) => sample.title.startsWith(title)) ?? { text: '' };
    expect(parse(text).traces[0]?.chain.map(({ link }) => link)).toEqual([null, ...links]);
  });

  it("takes a notebook's line numbers and sources from its arrows", () => {
    const { text } = tracebacks.find(({ title }) => title.endsWith('old style')) ?? { text: '' };
    expect(parse(text).traces[0]?.chain[0]?.frames).toMatchObject([
      { file: '<ipython-input-7-0a1b2c3d>', line: 1, source: 'fit(model)', inApp: true },
      { file: '/usr/lib/python3/site-packages/tensorflow/client/session.py', line: 1361, inApp: false },
    ]);
  });

  it('keeps the values out that loguru draws', () => {
    const { text } = tracebacks.find(({ title }) => title.startsWith('loguru')) ?? { text: '' };
    expect(JSON.stringify(parse(text).traces)).not.toContain('secret');
  });

  it.each([
    ['/home/me/lib/train.py', true],
    ['/home/paddle/work/ppdet/engine/trainer.py', true],
    ['<ipython-input-3-0a>', true],
    ['<frozen importlib._bootstrap>', false],
    ['/usr/lib/python3.8/runpy.py', false],
    ['/usr/local/lib/python3.7/dist-packages/paddle/nn/functional/loss.py', false],
    ['D:\\anaconda3\\lib\\runpy.py', false],
    ['/paddle/build/python/paddle/fluid/dygraph/layers.py', false],
    ['torch/nn/functional.py', false],
  ])('knows whether %s is the own code: %s', (file, inApp) => {
    const { traces } = parse(`Traceback (most recent call last):\n  File "${file}", line 1, in f\nValueError: x\n`);
    expect(traces[0]?.chain[0]?.frames[0]?.inApp).toBe(inApp);
  });

  it('gives lines without colours and rank prefixes, and points with their rank', () => {
    const parsed = parse('\u001b[32mhello\u001b[0m\n[rank2]: Epoch: [1] [ 0/10] loss: nan lr: 1.0\n 10%|#\r 20%|##\n');
    expect(parsed.lines).toEqual(['hello', 'Epoch: [1] [ 0/10] loss: nan lr: 1.0', ' 10%|#', ' 20%|##']);
    expect(parsed.points).toEqual([
      {
        step: 10,
        rank: 2,
        names: ['loss', 'learning_rate'],
        values: [Number.NaN, 1],
        line: 1,
        format: 'paddledetection',
      },
    ]);
  });

  it('keeps a message and a chain of frames within bounds, with the newest frames', () => {
    const frames = Array.from({ length: 5_000 }, (_, i) => `  File "m.py", line ${i}, in f${i}\n    call(${i})\n`).join(
      '',
    );
    const { traces } = parse(
      `Traceback (most recent call last):\n${frames}ValueError: ${'x'.repeat(20_000)}\n${'more\n'.repeat(9_000)}`,
    );
    const exception = traces[0]?.chain[0];
    expect(exception?.message).toHaveLength(8_000);
    expect(exception?.frames.length).toBeLessThan(260);
    expect(exception?.frames[0]?.function).toBe('f0');
    expect(exception?.frames.at(-1)?.function).toBe('f4999');
  });

  it('reads a megabyte without any line break, also when it is made to keep a regular expression busy', () => {
    const slow = [
      'File "'.repeat(200_000),
      `${'Traceback '.repeat(100_000)}(most recent call last):`,
      `${'a.'.repeat(500_000)}Error: x`,
    ];
    for (const line of [
      ...slow,
      `Epoch: [0] [0/1] ${'a: '.repeat(300_000)}`,
      '-'.repeat(1_000_000),
      ' '.repeat(1_000_000),
    ]) {
      expect(parse(line).lines).toHaveLength(1);
    }
  });
});
