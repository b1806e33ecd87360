// Times in the browser's zone, as <input type="datetime-local"> has them.

export const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Epoch milliseconds as "2026-11-26T16:00". */
export function toLocalInput(ms: number): string {
  const shifted = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

/** RFC 3339 in UTC; null when nothing, or no time, was typed. */
export function fromLocalInput(text: string): string | null {
  const ms = text === '' ? Number.NaN : new Date(text).getTime();
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}
