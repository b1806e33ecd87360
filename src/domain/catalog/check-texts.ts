// What every text of the catalog must be: in both languages, with known placeholders only.
import type { LocalizedText } from '../../contracts/catalog-fields.ts';
import { placeholdersOf } from '../diagnosis/fill-template.ts';

const han = /\p{Script=Han}/u;

/** Chinese must be Chinese, and both languages may use known names only. */
export function checkText(file: string, text: LocalizedText, names: readonly string[]): string[] {
  const unknown = [...placeholdersOf(text.en), ...placeholdersOf(text.zh)].filter(({ name }) => !names.includes(name));
  return [
    ...unknown.map(({ name }) => `${file}: unknown placeholder {${name}} in "${text.en.slice(0, 40)}"`),
    ...(han.test(text.zh) ? [] : [`${file}: no Chinese in "${text.zh.slice(0, 40)}"`]),
    ...(han.test(text.en) ? [`${file}: Chinese in the English text "${text.en.slice(0, 40)}"`] : []),
  ];
}

export function unknownIds(ids: readonly string[], known: { has: (id: string) => boolean }): string[] {
  return [...new Set(ids)].filter((id) => !known.has(id));
}

export function duplicates(ids: readonly string[]): string[] {
  return ids.filter((id, index) => ids.indexOf(id) !== index);
}
