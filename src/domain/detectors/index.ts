// Every detector there is.
import { absurdFirstLoss } from './absurd-first-loss/detector.ts';
import { behindSiblings } from './behind-siblings/detector.ts';
import type { Detector } from './detector.ts';
import { divergence } from './divergence/detector.ts';
import { gradientExploding } from './gradient-exploding/detector.ts';
import { gradientVanishing } from './gradient-vanishing/detector.ts';
import { impossibleValue } from './impossible-value/detector.ts';
import { lossScale } from './loss-scale/detector.ts';
import { memoryGrowth } from './memory-growth/detector.ts';
import { nonFinite } from './non-finite/detector.ts';
import { overfit } from './overfit/detector.ts';
import { plateau } from './plateau/detector.ts';
import { rateAbsurd } from './rate-absurd/detector.ts';
import { rateZero } from './rate-zero/detector.ts';
import { spike } from './spike/detector.ts';
import { throughput } from './throughput/detector.ts';
import { totalMismatch } from './total-mismatch/detector.ts';
import { updateRatio } from './update-ratio/detector.ts';
import { zeroFromStart } from './zero-from-start/detector.ts';

export const detectors: Detector[] = [
  nonFinite,
  spike,
  divergence,
  plateau,
  behindSiblings,
  zeroFromStart,
  impossibleValue,
  absurdFirstLoss,
  totalMismatch,
  rateZero,
  rateAbsurd,
  gradientExploding,
  gradientVanishing,
  lossScale,
  updateRatio,
  throughput,
  memoryGrowth,
  overfit,
];
