// The settings of a channel, drawn from their JSON schema: which field each needs, and from what was typed to what is sent.

export interface SettingField {
  name: string;
  title: string;
  description: string;
  kind: 'text' | 'number' | 'yes-no' | 'choice' | 'list';
  choices: string[];
}

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
  return type === 'array' ? 'list' : 'text';
}

/** What was typed, as the API takes it; fields that were left empty keep the channel's default. Lists are typed with commas. */
export function toSettings(fields: readonly SettingField[], typed: Record<string, string>): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const { name, kind } of fields) {
    const text = (typed[name] ?? '').trim();
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
