// JSON has no NaN and no Infinity: they are spelled as strings.

export function spell(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

export function spellAll(values: readonly number[]): (number | string)[] {
  return values.map(spell);
}
