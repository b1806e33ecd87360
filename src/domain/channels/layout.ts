// Fits a message into the room a service gives: texts get shorter first, then fewer alerts are listed, and the message says how many more
// there are.
import type { Composed, Message } from './channel.ts';
import { utf8Length } from './cut.ts';
import { type AlertText, describeAlert, describeMany, type Tone, worstTone } from './describe.ts';
import { words } from './words.ts';

/** What a channel lays out. */
export interface Layout {
  tone: Tone;
  /** The one line for titles and notifications. */
  title: string;
  texts: AlertText[];
  /** Says how many alerts are not listed; empty when all are. */
  omitted: string;
  /** Where a button leads: the incident of a single alert, else the list. */
  link: { text: string; url: string };
  calls: boolean;
}

/** Room of each free text, tried in turn. */
const roomsOfOne = [600, 300, 150, 80, 40];
const roomOfMany = 150;

/** Of services that limit the bytes of UTF-8 of the whole body. */
export function withinBytes(max: number): (body: string) => boolean {
  return (body) => utf8Length(body) <= max;
}

/**
 * The fullest JSON body for which `fits` holds.
 * @param render turns a layout into what is sent; listing fewer alerts must never make it larger
 * @param fits is asked about the body and about what it was made from
 */
export function layOut<T extends object>(
  message: Message,
  render: (layout: Layout) => T,
  fits: (body: string, content: T) => boolean,
): Composed {
  const count = message.alerts.length;
  const bodyAt = (listed: number, room: number) => {
    const content = render(makeLayout(message, listed, room));
    const body = JSON.stringify(content);
    return { body, isFit: fits(body, content) };
  };
  if (count > 1) {
    const most = findMost(count, (listed) => bodyAt(listed, roomOfMany).isFit);
    if (most > 0) return { body: bodyAt(most, roomOfMany).body, listed: most };
  }
  const rooms = count > 1 ? roomsOfOne.filter((room) => room < roomOfMany) : roomsOfOne;
  const last = rooms.at(-1) as number;
  for (const room of rooms) {
    const { body, isFit } = bodyAt(1, room);
    if (isFit || room === last) return { body, listed: 1 };
  }
  throw new Error('there is no room to try');
}

/** The largest n from 1 to `count` that holds, given that every smaller one does, too; 0 when none does. */
export function findMost(count: number, holds: (n: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

function makeLayout(message: Message, listed: number, room: number): Layout {
  const { alerts, locale, listUrl } = message;
  const w = words[locale];
  const texts = alerts.slice(0, listed).map((alert) => describeAlert(alert, locale, room));
  const [first] = texts as [AlertText];
  const isOne = alerts.length === 1;
  return {
    tone: worstTone(texts.map((text) => text.tone)),
    title: isOne ? first.headline : describeMany(message),
    texts,
    omitted: listed < alerts.length ? w.omitted(alerts.length - listed) : '',
    link: isOne ? first.link : { text: w.openList, url: listUrl },
    calls: texts.some((text) => text.calls),
  };
}
