import { type Severity, severities } from '../../contracts/common.ts';

/** 0 info, 1 warning, 2 critical. */
export function severityRank(severity: Severity): number {
  return severities.indexOf(severity);
}

export function isWorse(a: Severity, b: Severity): boolean {
  return severityRank(a) > severityRank(b);
}

export function worst(list: readonly Severity[]): Severity {
  return list.reduce((worse, severity) => (isWorse(severity, worse) ? severity : worse), 'info');
}
