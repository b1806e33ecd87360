// What is wrong with the detector options of a project: pure.
import type { DetectorOptions } from '../../contracts/detectors.ts';
import type { FieldProblem } from '../../contracts/errors.ts';
import { isWithin, type ThresholdAbout } from './about.ts';
import type { Detector } from './detector.ts';
import { detectors } from './index.ts';

/** One problem per unknown detector, unknown threshold or value out of bounds, saying what there is or may be; [] when all is well. */
export function checkProjectDetectors(given: DetectorOptions): FieldProblem[] {
  return Object.entries(given).flatMap(([id, { thresholds = {} }]) => {
    const detector = detectors.find((candidate) => candidate.id === id);
    const path = `/detectors/${id}`;
    if (!detector)
      return [{ path, message: `no such detector; there are ${detectors.map((each) => each.id).join(', ')}` }];
    return Object.entries(thresholds).flatMap(([name, value]) => {
      const message = findFault(detector, name, value);
      return message === null ? [] : [{ path: `${path}/thresholds/${name}`, message }];
    });
  });
}

function findFault({ thresholds, about }: Detector, name: string, value: number): string | null {
  const known = Object.keys(thresholds);
  const meaning = known.includes(name) ? about.thresholds[name] : undefined;
  if (meaning !== undefined) return isWithin(meaning, value) ? null : `must be ${boundsOf(meaning)}`;
  return known.length === 0 ? 'this detector has no thresholds' : `no such threshold; there are ${known.join(', ')}`;
}

function boundsOf({ type, minimum, maximum }: ThresholdAbout): string {
  return `${type === 'integer' ? 'a whole number' : 'a number'} from ${minimum} to ${maximum}`;
}
