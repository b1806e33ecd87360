// An endpoint's settings: what a form shows and what a request is checked against.
import { type TSchema, Type } from 'typebox';
import type { Locale } from '../../contracts/common.ts';
import type { Channel, Settings } from './channel.ts';

/** JSON schema of a channel's settings with titles and descriptions in one language; every setting is optional. */
export function settingsSchema(channel: Channel, locale: Locale): TSchema {
  const properties = Object.entries(channel.settings).map(([name, { schema, title, description }]) => [
    name,
    Type.Optional({ ...schema, title: title[locale], description: description[locale] } as TSchema),
  ]);
  return Type.Object(Object.fromEntries(properties));
}

/** The settings that the channel knows; like other unknown fields of requests, the rest is ignored. */
export function knownSettings(channel: Channel, given: Settings): Settings {
  return Object.fromEntries(Object.entries(given).filter(([name]) => Object.hasOwn(channel.settings, name)));
}
