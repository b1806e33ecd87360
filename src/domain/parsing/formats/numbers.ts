// Numbers as trainers print them.

const decimal = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;
/** Python's and C's spellings; progress bars pad a NaN to "nan.0". */
const notANumber = /^['"]?[-+]?nan(?:\.0*)?['"]?$/i;
const infinite = /^['"]?([-+]?)inf(?:inity)?(?:\.0*)?['"]?$/i;

/** A printed number; NaN and infinities in any usual spelling; null when the text is not a number ("None", "-", "12MB"). */
export function parseNumber(text: string): number | null {
  if (decimal.test(text)) return Number(text);
  if (notANumber.test(text)) return Number.NaN;
  const sign = infinite.exec(text)?.[1];
  if (sign === undefined) return null;
  return sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

const duration = /^(?:(-?\d{1,9}) days?, )?(\d{1,9}):(\d{2}):(\d{2})$/;

/** Seconds of what Python's str(timedelta) prints: "4 days, 9:30:32", "0:41:26"; null when the text is none. */
export function parseDuration(text: string): number | null {
  const found = duration.exec(text);
  if (!found) return null;
  const [days, hours, minutes, seconds] = found.slice(1).map((part) => Number(part ?? 0));
  return (((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0);
}
