// What people read of a detector and of its thresholds, and between which bounds a threshold may be set.
import type { Locale } from '../../contracts/common.ts';
import type { ThresholdUnit } from '../../contracts/detectors.ts';

type Text = Record<Locale, string>;

/** One threshold: what it means and what it may be. */
export interface ThresholdAbout {
  type: 'integer' | 'number';
  unit: ThresholdUnit;
  minimum: number;
  maximum: number;
  text: Text;
}

/** A detector's name, and an explanation of each of its thresholds. */
export interface DetectorAbout<Name extends string = string> {
  title: Text;
  thresholds: Record<Name, ThresholdAbout>;
}

/** How many of something, at least 1. */
export function count(unit: ThresholdUnit, text: Text): ThresholdAbout {
  return { type: 'integer', unit, minimum: 1, maximum: 1_000_000, text };
}

/** As `count`, of what a detector keeps in its state, which is a row that must stay small. */
export function kept(unit: ThresholdUnit, text: Text): ThresholdAbout {
  return { ...count(unit, text), maximum: 1_000 };
}

/** Times something else, at least 1. */
export function times(text: Text): ThresholdAbout {
  return { type: 'number', unit: 'times', minimum: 1, maximum: 1e9, text };
}

/** A part of something else, 0 to 1. */
export function share(text: Text): ThresholdAbout {
  return { type: 'number', unit: 'share', minimum: 0, maximum: 1, text };
}

/** Growth as a part of what there was, which may double and more. */
export function growth(text: Text): ThresholdAbout {
  return { ...share(text), maximum: 1_000 };
}

/** Standard deviations or standard errors of the noise. */
export function sigmas(text: Text): ThresholdAbout {
  return { type: 'number', unit: 'sigmas', minimum: 0, maximum: 1_000, text };
}

/** A value of the metric itself, in its own unit. */
export function level(text: Text): ThresholdAbout {
  return { type: 'number', unit: 'value', minimum: 0, maximum: 1e30, text };
}

/** Whether a threshold may be set to this. */
export function isWithin({ type, minimum, maximum }: ThresholdAbout, value: number): boolean {
  return value >= minimum && value <= maximum && (type === 'number' || Number.isInteger(value));
}
