// Detector options as a form holds them: a switch and the typed text of each threshold. What is left empty keeps its default.
import type { Static } from 'typebox';
import type { Problem } from '../../../src/contracts/common.ts';
import type { DetectorOptions, DetectorPage } from '../../../src/contracts/detectors.ts';

export type DetectorItem = Static<typeof DetectorPage>['items'][number];
export type Threshold = DetectorItem['options'][number];

export interface DetectorFields {
  enabled: boolean;
  /** As typed, by name of the threshold. */
  typed: Record<string, string>;
}

/** By id of the detector; one that is not there is on and has its defaults. */
export type DetectorForm = Record<string, DetectorFields>;

const untouched: DetectorFields = { enabled: true, typed: {} };

export function fieldsOf(form: DetectorForm, id: string): DetectorFields {
  return form[id] ?? untouched;
}

export function toForm(options: DetectorOptions): DetectorForm {
  return Object.fromEntries(
    Object.entries(options).map(([id, { enabled = true, thresholds = {} }]) => [
      id,
      { enabled, typed: Object.fromEntries(Object.entries(thresholds).map(([name, value]) => [name, String(value)])) },
    ]),
  );
}

/** What differs from the defaults, of the detectors and thresholds there are. */
export function toOptions(form: DetectorForm, detectors: readonly DetectorItem[]): DetectorOptions {
  const options: DetectorOptions = {};
  for (const { id, options: thresholds } of detectors) {
    const { enabled, typed } = fieldsOf(form, id);
    const set = thresholds.filter(({ name, default: usual }) => isSet(typed[name]) && Number(typed[name]) !== usual);
    if (enabled && set.length === 0) continue;
    options[id] = {
      ...(!enabled && { enabled }),
      ...(set.length > 0 && { thresholds: Object.fromEntries(set.map(({ name }) => [name, Number(typed[name])])) }),
    };
  }
  return options;
}

function isSet(typed: string | undefined): typed is string {
  return typed !== undefined && typed.trim() !== '';
}

/** What is wrong with a typed threshold; null when it is empty or fits. */
export function faultOf({ type, minimum, maximum }: Threshold, typed: string | undefined): 'integer' | 'number' | null {
  if (!isSet(typed)) return null;
  const value = Number(typed);
  return value >= minimum && value <= maximum && (type === 'number' || Number.isInteger(value)) ? null : type;
}

/** Whether every typed threshold fits. */
export function isSound(form: DetectorForm, detectors: readonly DetectorItem[]): boolean {
  return detectors.every(({ id, options }) =>
    options.every((threshold) => faultOf(threshold, fieldsOf(form, id).typed[threshold.name]) === null),
  );
}

/** What the API said of a threshold when it refused the options. */
export function refusalOf(errors: Problem['errors'], id: string, name: string): string | undefined {
  return errors?.find(({ path }) => path === `/detectors/${id}/thresholds/${name}`)?.message;
}
