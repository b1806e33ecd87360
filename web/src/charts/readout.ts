// The line of text above a chart: what each curve is at the step under the cursor, or at its end.

import type { Annotation, ChartCurve } from './build-plot.ts';
import { nearestPoint } from './series.ts';

export interface Reading {
  label: string;
  color: string;
  step: number;
  value: number;
}

/** What each curve is at the step nearest to `step`; at its last step when that is null. */
export function readCurves(curves: readonly ChartCurve[], step: number | null): Reading[] {
  return curves.flatMap(({ label, color, steps, values }) => {
    const index = step === null ? steps.length - 1 : nearestPoint(steps, step);
    const [at, value] = [steps[index], values[index]];
    return at === undefined || value === undefined ? [] : [{ label, color, step: at, value }];
  });
}

const shown = 6;

interface ReadoutWords {
  step: (step: number) => string;
  value: (value: number) => string;
}

/** Writes the readings into `element`: the cursor moves too often for React. */
export function writeReadout(
  element: HTMLElement,
  readings: readonly Reading[],
  annotation: Annotation | null,
  words: ReadoutWords,
): void {
  const parts: (Node | string)[] = [];
  const [first] = readings;
  if (first) parts.push(words.step(first.step));
  for (const { label, color, value } of readings.slice(0, shown)) {
    const swatch = document.createElement('i');
    swatch.style.background = color;
    const number = document.createElement('b');
    number.textContent = words.value(value);
    parts.push(swatch, readings.length > 1 ? `${label} ` : '', number);
  }
  if (readings.length > shown) parts.push('…');
  if (annotation) {
    const text = document.createElement('em');
    text.dataset.severity = annotation.severity;
    text.textContent = annotation.text;
    parts.push(text);
  }
  element.replaceChildren(...parts);
}
