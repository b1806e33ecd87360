// The settings of a channel, drawn from their JSON schema: which field each needs, and from what was typed to what is sent.
import { fromPairs, type PairRow, toPairs } from './pair-rows.ts';

export interface SettingField {
  name: string;
  title: string;
  description: string;
  /** `pairs`: texts by name. */
  kind: 'text' | 'number' | 'yes-no' | 'choice' | 'list' | 'pairs';
  choices: string[];
}

/** What stands in the field of a setting: rows for `pairs`, a text for any other. */
export type Typed = string | readonly PairRow[];

interface PropertySchema {
  type?: string;
  title?: string;
  description?: string;
  enum?: unknown[];
}

export function settingFields(schema: Record<string, unknown>): SettingField[] {
  const properties = (schema.properties ?? {}) as Record<string, PropertySchema>;
  return Object.entries(properties).map(([name, property]) => ({
    name,
    title: property.title ?? name,
    description: property.description ?? '',
    kind: kindOf(property),
    choices: (property.enum ?? []).map(String),
  }));
}

function kindOf({ type, enum: choices }: PropertySchema): SettingField['kind'] {
  if (choices !== undefined) return 'choice';
  if (type === 'boolean') return 'yes-no';
  if (type === 'number' || type === 'integer') return 'number';
  if (type === 'object') return 'pairs';
  return type === 'array' ? 'list' : 'text';
}

/** What was typed, as the API takes it; fields that were left empty keep the channel's default. Lists are typed with commas. */
export function toSettings(fields: readonly SettingField[], typed: Record<string, Typed>): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const { name, kind } of fields) {
    const given = typed[name] ?? '';
    if (typeof given !== 'string') {
      const pairs = fromPairs(given);
      if (Object.keys(pairs).length > 0) settings[name] = pairs;
      continue;
    }
    const text = given.trim();
    if (text === '') continue;
    if (kind === 'number') settings[name] = Number(text);
    else if (kind === 'yes-no') settings[name] = text === 'true';
    else if (kind === 'list')
      settings[name] = text
        .split(/[,，\n]/)
        .map((part) => part.trim())
        .filter((part) => part !== '');
    else settings[name] = text;
  }
  return settings;
}

/** The settings that an endpoint has, as its form begins with them. */
export function fromSettings(
  fields: readonly SettingField[],
  settings: Record<string, unknown>,
): Record<string, Typed> {
  const has = fields.filter(({ name }) => settings[name] !== undefined);
  return Object.fromEntries(
    has.map(({ name, kind }): [string, Typed] => {
      const value = settings[name];
      if (kind === 'pairs') return [name, toPairs(value as Record<string, string>)];
      return [name, Array.isArray(value) ? value.join(', ') : String(value)];
    }),
  );
}
