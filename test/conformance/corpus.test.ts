// Failures that were really produced (test/corpus/reproduce.py) are named as their golden diagnoses say.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { diagnoseText } from '../../src/flows/diagnose-text.ts';
import { readTestCatalog } from '../support/catalog.ts';

interface Golden {
  command: string;
  class: string;
  /** Other classes that are not wrong. */
  acceptable?: string[];
  /** Likeliest cause, where the class is the golden one. */
  cause?: string;
  /** Least confidence. */
  confidence: number;
}

const folder = fileURLToPath(new URL('../corpus/cases/', import.meta.url));
const catalog = await readTestCatalog();
const cases = readdirSync(folder).map((name) => ({
  name,
  golden: JSON.parse(readFileSync(`${folder}${name}/case.json`, 'utf8')) as Golden,
  text: readFileSync(`${folder}${name}/output.txt`, 'utf8'),
}));

describe('the corpus', () => {
  it('holds at least 80 failures of at least 20 classes', () => {
    expect(cases.length).toBeGreaterThanOrEqual(80);
    expect(new Set(cases.map(({ golden }) => golden.class)).size).toBeGreaterThanOrEqual(20);
  });

  it.each(cases)('names $name', ({ golden, text }) => {
    const answer = diagnoseText({ text }, { catalog, locale: 'en' });
    expect([golden.class, ...(golden.acceptable ?? [])]).toContain(answer.class);
    if (answer.class !== 'unknown') {
      expect(answer.confidence).toBeGreaterThanOrEqual(golden.confidence);
      expect(answer.remediations.length).toBeGreaterThan(0);
      expect(answer.matched.length).toBeGreaterThan(0);
    }
    if (golden.cause !== undefined && answer.class === golden.class) expect(answer.causes[0]?.id).toBe(golden.cause);
  });
});
