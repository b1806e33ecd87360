// Both languages say everything, and each says it in its own words.
import { describe, expect, it } from 'vitest';
import { chooseLocale, dictionaries } from '../../../web/src/locales/choose-locale.ts';

/** Every text of a dictionary by its dotted key; texts made by a function are made for the number 2. */
function texts(dictionary: object, prefix = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(dictionary)) {
    const path = `${prefix}${key}`;
    if (typeof value === 'string') found.set(path, value);
    else if (typeof value === 'function') found.set(path, value(2, 3));
    else for (const [inner, text] of texts(value, `${path}.`)) found.set(inner, text);
  }
  return found;
}

const english = texts(dictionaries.en);
const chinese = texts(dictionaries.zh);
/** Signs that are the same in both languages. */
const shared = new Set(['percent']);

describe('dictionaries', () => {
  it('have the same keys', () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it('leave no text empty', () => {
    for (const [key, text] of [...english, ...chinese]) expect(text.trim(), key).not.toBe('');
  });

  it('hold Chinese in the Chinese one and none in the English one', () => {
    for (const [key, text] of chinese) if (!shared.has(key)) expect(text, key).toMatch(/\p{Script=Han}/u);
    for (const [key, text] of english) expect(text, key).not.toMatch(/\p{Script=Han}/u);
  });

  it('put the number into every text that takes one', () => {
    for (const dictionary of [dictionaries.en, dictionaries.zh]) {
      for (const [key, value] of Object.entries(dictionary)) {
        if (typeof value === 'function') expect((value as (n: number) => string)(7), key).toContain('7');
      }
    }
  });

  it('tell one from many in English', () => {
    expect(dictionaries.en.occurrences(1)).toBe('Happened once');
    expect(dictionaries.en.libraryFrames(1)).toBe('1 library frame');
    expect(dictionaries.en.libraryFrames(2)).toBe('2 library frames');
  });
});

describe('chooseLocale', () => {
  it('prefers the language chosen before', () => {
    expect(chooseLocale('zh', ['en-US'])).toBe('zh');
  });

  it("takes the first of the browser's languages that it speaks", () => {
    expect(chooseLocale(null, ['fr-FR', 'zh-Hant-TW', 'en'])).toBe('zh');
    expect(chooseLocale(null, ['EN-gb', 'zh'])).toBe('en');
  });

  it('falls back to English, also for a remembered value that is none', () => {
    expect(chooseLocale('tlh', ['fr'])).toBe('en');
    expect(chooseLocale(null, [])).toBe('en');
  });
});
