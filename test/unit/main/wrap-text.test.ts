import { expect, test } from 'vitest';
import { wrapText } from '../../../src/main/wrap-text.ts';

test('lines keep to the width and carry their indents', () => {
  const text =
    'Upgrade PaddlePaddle from 2.3.2 to a release that has the repaired kernel, then run the same step again.';
  const lines = wrapText(text, 40, '    ', '  - ').split('\n');
  expect(lines.every((line) => line.length <= 40)).toBe(true);
  expect(lines[0]).toMatch(/^ {2}- Upgrade/);
  expect(lines.slice(1).every((line) => /^ {4}\S/.test(line))).toBe(true);
  expect(lines.map((line) => line.slice(4)).join(' ')).toBe(text);
});

test('Chinese text is broken by columns, never before closing punctuation', () => {
  const text = '选出的目标与掩码和来源不一致，因此损失没有意义。请升级 PaddlePaddle 后再训练。';
  const lines = wrapText(text, 20).split('\n');
  expect(lines.length).toBeGreaterThan(3);
  expect(lines.every((line) => !/^[，。]/.test(line))).toBe(true);
  const columns = (line: string) => [...line].reduce((sum, c) => sum + (/[\u2e80-\uffef]/.test(c) ? 2 : 1), 0);
  // Closing punctuation may hang over the edge by one character.
  expect(lines.every((line) => columns(line) <= 22)).toBe(true);
  expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
});

test('a word longer than a line stays whole', () => {
  const path = 'C:\\ProgramData\\Anaconda3\\envs\\pd37\\lib\\site-packages\\paddle\\nn\\functional\\loss.py';
  expect(wrapText(`see ${path} there`, 30)).toBe(`see\n${path}\nthere`);
});
