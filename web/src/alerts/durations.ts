// Lengths of time as one types them: 30s, 5m, 4h, 1d, 1h30m.

const units = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
] as const;

/** Seconds as text that `parseDuration` reads. */
export function writeDuration(seconds: number): string {
  let left = seconds;
  let text = '';
  for (const [unit, length] of units) {
    const amount = Math.floor(left / length);
    if (amount > 0) text += `${amount}${unit}`;
    left -= amount * length;
  }
  return text === '' ? '0s' : text;
}

/** Whole seconds; a number alone is seconds. null when the text is no length of time. */
export function parseDuration(text: string): number | null {
  const typed = text.replace(/\s+/g, '').toLowerCase();
  if (/^\d{1,9}$/.test(typed)) return Number(typed);
  const match = /^(?:(\d{1,5})d)?(?:(\d{1,6})h)?(?:(\d{1,7})m(?:in)?)?(?:(\d{1,9})s)?$/.exec(typed);
  if (match === null || typed === '') return null;
  return units.reduce((sum, [, length], index) => sum + Number(match[index + 1] ?? 0) * length, 0);
}
