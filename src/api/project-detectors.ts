// Detector options of a request.
import type { DetectorOptions } from '../contracts/detectors.ts';
import { PublicError } from '../contracts/errors.ts';
import { checkProjectDetectors } from '../domain/detectors/check-project-detectors.ts';

/** @throws PublicError `invalid_request` naming each unknown detector, unknown threshold and value out of bounds. */
export function refuseWrongDetectors(options: DetectorOptions): void {
  const [first, ...others] = checkProjectDetectors(options);
  if (!first) return;
  throw new PublicError('invalid_request', `${first.path}: ${first.message}.`, { errors: [first, ...others] });
}
