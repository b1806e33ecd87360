// Words by which incidents are found, in any language, on stock PostgreSQL: its parsers know no Chinese, so texts are cut into words here.
// Latin words count whole and in their camelCase parts; Chinese, Japanese and Korean text in single characters and pairs of neighbours.
import type { Catalog } from '../../contracts/catalog.ts';
import { locales } from '../../contracts/common.ts';
import { presentDiagnosis } from '../diagnosis/present-diagnosis.ts';
import { noOutcomes } from '../remedies/outcomes.ts';
import type { IncidentRecord } from './types.ts';

const maxWords = 4_000;
const maxWordLength = 60;
/** Characters of a text that are looked at. */
const maxText = 262_144;
const maxQueryWords = 12;

const cjk = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}';
const runs = new RegExp(`[${cjk}]+|[^${cjk}\\P{L}]+(?:[^${cjk}\\P{L}]|\\p{N})*|\\p{N}+`, 'gu');
const startsCjk = new RegExp(`^[${cjk}]`, 'u');
const camel = /\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{N}+/gu;

/** Distinct words of texts, in the order in which they first appear, at most 4,000. */
export function searchWords(texts: readonly string[]): string[] {
  const words = new Set<string>();
  for (const text of texts) {
    for (const [run] of text.slice(0, maxText).normalize('NFKC').matchAll(runs)) {
      for (const word of startsCjk.test(run) ? pieces(run) : wordsOf(run)) words.add(word);
      if (words.size >= maxWords) return [...words].slice(0, maxWords);
    }
  }
  return [...words];
}

/** Words that all must be found, Latin ones as beginnings of words; [] when the text holds no word. */
export function queryWords(query: string): { text: string; isPrefix: boolean }[] {
  const found = [...query.normalize('NFKC').matchAll(runs)].flatMap(([run]) => {
    if (!startsCjk.test(run)) return [{ text: run.toLowerCase().slice(0, maxWordLength), isPrefix: true }];
    const characters = [...run];
    const parts = characters.length === 1 ? characters : pairs(characters);
    return parts.map((text) => ({ text, isPrefix: false }));
  });
  return found.slice(0, maxQueryWords);
}

function wordsOf(run: string): string[] {
  const whole = run.toLowerCase().slice(0, maxWordLength);
  const parts = [...run.matchAll(camel)].map(([part]) => part.toLowerCase().slice(0, maxWordLength));
  return parts.length > 1 ? [whole, ...parts.filter((part) => part.length > 1)] : [whole];
}

function pieces(run: string): string[] {
  const characters = [...run];
  return [...characters, ...pairs(characters)];
}

function pairs(characters: string[]): string[] {
  return characters.slice(1).map((character, index) => `${characters[index]}${character}`);
}

/** What an incident is found by: its id, class and cause, and what people read of it in both languages. */
export function wordsOfIncident(record: IncidentRecord, catalog: Catalog): string[] {
  const texts = locales.flatMap((locale) => {
    const { title, summary, causes } = presentDiagnosis(record.diagnosis, catalog, locale, noOutcomes);
    return [title, summary, ...causes.map((cause) => cause.title)];
  });
  const { class: failureClass, causes, exception, matched } = record.diagnosis;
  return searchWords([
    record.id,
    failureClass,
    ...causes.map(({ id }) => id),
    ...texts,
    exception?.type ?? '',
    exception?.message ?? '',
    ...matched.map(({ text }) => text),
  ]);
}
