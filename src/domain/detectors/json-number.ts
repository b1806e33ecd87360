// Numbers in carried states and findings: JSON has no NaN and no infinities, so they are the strings that the API uses too.
import type { MetricValue } from '../../contracts/runs.ts';

export function toJsonNumber(value: number): MetricValue {
  if (Number.isFinite(value)) return value;
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? 'Infinity' : '-Infinity';
}
