import { type Static, Type } from 'typebox';

/**
 * Fields that several data files of catalog/ share. Texts come in both languages; placeholders `{name}` and `{name:-fallback}` are filled
 * from the signal's or finding's data and the run's facts.
 */
export const Text = Type.Object(
  { en: Type.String({ minLength: 1 }), zh: Type.String({ minLength: 1 }) },
  { additionalProperties: false },
);
export type LocalizedText = Static<typeof Text>;
export const Id = Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$' });
export const Source = Type.String({
  minLength: 1,
  description: 'Upstream file, issue, paper or page the rule comes from',
});
export const Regex = Type.String({ minLength: 1, description: 'JavaScript regular expression, flags "m"' });
