// Both languages say everything, and each says it in its own words.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInstance } from 'i18next';
import { describe, expect, it } from 'vitest';
import { publicErrors } from '../../../src/contracts/errors.ts';
import { chooseLocale } from '../../../web/src/i18n/choose-locale.ts';
import * as english from '../../../web/src/locales/en/index.ts';
import * as chinese from '../../../web/src/locales/zh/index.ts';

const folder = 'web/src/locales';
const files = readdirSync(join(folder, 'en')).filter((name) => name.endsWith('.json'));
/** Texts that are the same in both languages, such as names and signs. */
const shared = new Set<string>();

/** Every text of one language by its dotted key; plural forms (`_one`, `_other`) are left on. */
function texts(locale: 'en' | 'zh', file: string): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (value: object, prefix: string) => {
    for (const [key, inner] of Object.entries(value)) {
      if (typeof inner === 'string') found.set(`${prefix}${key}`, inner);
      else walk(inner, `${prefix}${key}.`);
    }
  };
  walk(JSON.parse(readFileSync(join(folder, locale, file), 'utf8')), '');
  return found;
}

const withoutPlural = (keys: Iterable<string>) =>
  [...new Set([...keys].map((key) => key.replace(/_(one|other)$/, '')))].sort();
const placeholders = (text: string) => [...text.matchAll(/\{\{\s*(\w+)/g)].map(([, name]) => name).sort();

describe('locales', () => {
  it('have the same files in both languages, and every file is loaded', () => {
    expect(
      readdirSync(join(folder, 'zh'))
        .filter((name) => name.endsWith('.json'))
        .sort(),
    ).toEqual([...files].sort());
    const names = files.map((name) => name.replace('.json', '')).sort();
    expect(Object.keys(english).sort()).toEqual(names);
    expect(Object.keys(chinese).sort()).toEqual(names);
  });

  describe.each(files)('%s', (file) => {
    const [en, zh] = [texts('en', file), texts('zh', file)];

    it('has the same keys in both languages', () => {
      expect(withoutPlural(zh.keys())).toEqual(withoutPlural(en.keys()));
    });

    it('leaves no text empty and no Chinese in English', () => {
      for (const [key, text] of [...en, ...zh]) expect(text.trim(), key).not.toBe('');
      for (const [key, text] of en) expect(text, key).not.toMatch(/\p{Script=Han}/u);
      for (const [key, text] of zh) {
        if (shared.has(`${file} ${key}`)) expect(text, key).toBe(en.get(key));
        else expect(text, key).toMatch(/\p{Script=Han}/u);
      }
    });

    it('has both plural forms in English and the one that Chinese has', () => {
      for (const key of en.keys())
        if (key.endsWith('_one')) expect(en.has(key.replace('_one', '_other')), key).toBe(true);
      for (const key of en.keys())
        if (key.endsWith('_other')) expect(en.has(key.replace('_other', '_one')), key).toBe(true);
      for (const key of zh.keys()) expect(key).not.toMatch(/_one$/);
    });

    it('puts the same facts into the text of both languages', () => {
      for (const [key, text] of zh) expect(placeholders(text), key).toEqual(placeholders(en.get(key) ?? ''));
    });
  });

  it('name every kind of problem that the API answers, in English as it does', () => {
    const titles = Object.entries(publicErrors).map(([code, { title }]) => [code, title]);
    expect(english.common.problem).toEqual(Object.fromEntries(titles));
    expect(Object.keys(chinese.common.problem)).toEqual(Object.keys(english.common.problem));
  });

  it('tell one from many in English, and write numbers as the language does', async () => {
    const i18n = createInstance();
    await i18n.init({ lng: 'en', resources: { en: english, zh: chinese }, interpolation: { escapeValue: false } });
    expect(i18n.t('common:occurrences', { count: 1 })).toBe('Happened once');
    expect(i18n.t('common:occurrences', { count: 12_345 })).toBe('Happened 12,345 times');
    await i18n.changeLanguage('zh');
    expect(i18n.t('common:occurrences', { count: 1 })).toBe('发生 1 次');
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
