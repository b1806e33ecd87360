// Which part of the settings is open.
import { type RawSearch, readChoice } from './params.ts';

export const settingsTabs = ['projects', 'tokens', 'catalogue'] as const;
export type SettingsTab = (typeof settingsTabs)[number];

export interface SettingsSearch {
  tab?: SettingsTab;
}

export function readSettingsSearch(raw: RawSearch): SettingsSearch {
  return { tab: readChoice(settingsTabs, raw.tab) };
}
