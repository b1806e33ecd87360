// Numbers as trainers print them.

/** Digits, signs, points and exponents alone: of these Number() reads what is a number and nothing else. */
const decimal = /^[-+.\deE]+$/;

/** NaN when the text is not a decimal number. Nearly all values are, so their way is short. */
function readDecimal(text: string): number {
  const number = Number(text);
  return Number.isNaN(number) || !decimal.test(text) ? Number.NaN : number;
}

/** Python's and C's spellings; progress bars pad a NaN to "nan.0". */
const notANumber = /^['"]?[-+]?nan(?:\.0*)?['"]?$/i;
const infinite = /^['"]?([-+]?)inf(?:inity)?(?:\.0*)?['"]?$/i;

/** A printed number; NaN and infinities in any usual spelling; null when the text is not a number ("None", "-", "12MB"). */
export function parseNumber(text: string): number | null {
  const number = readDecimal(text);
  if (!Number.isNaN(number)) return number;
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
  return ((Number(found[1] ?? 0) * 24 + Number(found[2])) * 60 + Number(found[3])) * 60 + Number(found[4]);
}
