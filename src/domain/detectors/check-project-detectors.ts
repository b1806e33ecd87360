// What is wrong with the detector options of a project: pure.
import type { DetectorOptions } from '../../contracts/detectors.ts';
import type { FieldProblem } from '../../contracts/errors.ts';
import { detectors } from './index.ts';

/** One problem per unknown detector or threshold, with those that exist; [] when all is well. */
export function checkProjectDetectors(given: DetectorOptions): FieldProblem[] {
  return Object.entries(given).flatMap(([id, { thresholds = {} }]) => {
    const detector = detectors.find((candidate) => candidate.id === id);
    const path = `/detectors/${id}`;
    if (!detector)
      return [{ path, message: `no such detector; there are ${detectors.map((each) => each.id).join(', ')}` }];
    const known = Object.keys(detector.thresholds);
    return Object.keys(thresholds)
      .filter((name) => !known.includes(name))
      .map((name) => ({
        path: `${path}/thresholds/${name}`,
        message:
          known.length === 0 ? 'this detector has no thresholds' : `no such threshold; there are ${known.join(', ')}`,
      }));
  });
}
