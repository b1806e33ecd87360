// Which of the dashboard's languages a reader gets.
import type { Locale } from '../../../src/contracts/common.ts';

/**
 * The language chosen before (`saved`), else the first of the browser's languages that the dashboard speaks, else English.
 * `languages` are BCP 47 tags, best first.
 */
export function chooseLocale(saved: string | null, languages: readonly string[]): Locale {
  for (const tag of [saved, ...languages]) {
    const language = tag?.toLowerCase().split('-')[0];
    if (language === 'en' || language === 'zh') return language;
  }
  return 'en';
}
