// Texts that report no failure (test/corpus/healthy): healthy logs of many trainers, web servers, sources in several languages, prose. They
// are `unknown`, and pushed as a log they raise no event.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { flushLog, initialLogState, readLog } from '../../src/domain/parsing/read-log.ts';
import { diagnoseText } from '../../src/flows/diagnose-text.ts';
import { readTestCatalog } from '../support/catalog.ts';

const folder = fileURLToPath(new URL('../corpus/healthy/', import.meta.url));
const catalog = await readTestCatalog();
const texts = readdirSync(folder).map((name) => ({ name, text: readFileSync(folder + name, 'utf8') }));
const classOf = (text: string) => diagnoseText({ text }, { catalog, locale: 'en' }).class;

describe.each(texts)('$name', ({ text }) => {
  it('is no failure, and neither is any line of it', () => {
    expect(classOf(text)).toBe('unknown');
    const named = text.split('\n').filter((line) => classOf(line) !== 'unknown');
    expect(named).toEqual([]);
  });

  it('raises no event as a log', () => {
    const first = readLog(initialLogState(), text, catalog.formats);
    expect(first.events + flushLog(first.state, catalog.formats).events).toBe(0);
  });
});

it('are no failure together either', () => {
  expect(texts.length).toBeGreaterThanOrEqual(20);
  expect(classOf(texts.map(({ text }) => text).join('\n'))).toBe('unknown');
});
