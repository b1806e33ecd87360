// Every detector there is.
import { absurdFirstLoss } from './absurd-first-loss/detector.ts';
import type { Detector } from './detector.ts';
import { divergence } from './divergence/detector.ts';
import { impossibleValue } from './impossible-value/detector.ts';
import { nonFinite } from './non-finite/detector.ts';
import { plateau } from './plateau/detector.ts';
import { spike } from './spike/detector.ts';
import { zeroFromStart } from './zero-from-start/detector.ts';

export const detectors: Detector[] = [
  nonFinite,
  spike,
  divergence,
  plateau,
  zeroFromStart,
  impossibleValue,
  absurdFirstLoss,
];
