// Detector options of a project or a run: which detectors are off, and thresholds that replace the defaults.
import type { Detector } from './detector.ts';
import { detectors } from './index.ts';

/** By detector id. What is left out keeps its default. */
export type DetectorOptions = Record<string, { enabled?: boolean; thresholds?: Record<string, number> }>;

/** The detectors that are on, with their thresholds. Unknown ids and names are without effect. */
export function enabledDetectors(options: DetectorOptions): Detector[] {
  return detectors.flatMap((detector) => {
    const own = Object.hasOwn(options, detector.id) ? options[detector.id] : undefined;
    if (own?.enabled === false) return [];
    const given = Object.entries(own?.thresholds ?? {}).filter(([name]) => Object.hasOwn(detector.thresholds, name));
    return [{ ...detector, thresholds: { ...detector.thresholds, ...Object.fromEntries(given) } }];
  });
}
