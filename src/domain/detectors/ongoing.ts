// Which of the things that detectors found still hold, as their carried states say.
import { type DetectorState, stateKey } from './detect.ts';
import { detectors } from './index.ts';

/** Ids of the detectors whose condition holds in some series. */
export function ongoingRules(state: DetectorState): string[] {
  return detectors
    .filter((detector) =>
      Object.values(state.states[stateKey(detector)] ?? {}).some((own) => detector.isOngoing?.(own)),
    )
    .map(({ id }) => id);
}

/** Whether what this rule found can be seen to be over; findings that no detector made tell of one moment. */
export function canEnd(rule: string): boolean {
  const detector = detectors.find(({ id }) => id === rule);
  return detector === undefined || detector.isOngoing !== undefined;
}
