// What is wrong with the detector settings of a project: pure.
import type { FieldProblem } from '../../contracts/errors.ts';
import type { ProjectDetectors } from '../../contracts/projects.ts';
import { detectors } from './index.ts';

/** Turns a detector off (0) or on, beside its thresholds. */
const switchName = 'enabled';

/** One problem per unknown detector or threshold, with those that exist; [] when all is well. */
export function checkProjectDetectors(given: ProjectDetectors): FieldProblem[] {
  return Object.entries(given).flatMap(([id, options]) => {
    const detector = detectors.find((candidate) => candidate.id === id);
    const path = `/detectors/${id}`;
    if (!detector)
      return [{ path, message: `no such detector; there are ${detectors.map((each) => each.id).join(', ')}` }];
    const known = [switchName, ...Object.keys(detector.thresholds)];
    return Object.keys(options)
      .filter((name) => !known.includes(name))
      .map((name) => ({ path: `${path}/${name}`, message: `no such option; there are ${known.join(', ')}` }));
  });
}
